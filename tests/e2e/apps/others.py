from tests.e2e.views import NOBODY, View

VIEWS = [
    View("missing", NOBODY, "/no/such/page/", status=404),
    View("forbidden", "student", "/admin/", status=403),
    View("admin", "super_admin", "/admin/"),
    View("gallery", "student", "/gallery/"),
]
