from tests.e2e.views import View

# Before a term has begun: what the crawl does not see.
VIEWS = [View("home", role, "/dashboard/") for role in ("student", "office")]
