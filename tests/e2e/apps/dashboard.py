from tests.e2e.views import ROLES, View

VIEWS = [View("home", role, "/dashboard/") for role in ROLES]
