from tests.e2e.views import NOBODY, View

VIEWS = [
    View("missing", NOBODY, "/no/such/page/", status=404),
    View("missing", "student", "/no/such/page/", status=404),
    View("forbidden", "student", "/admin/", status=403),
    *(
        View(f"trouble-{status}", "student", f"/trouble/{status}/", status)
        for status in (429, 500, 503)
    ),
    View("gallery", "student", "/gallery/"),
]
