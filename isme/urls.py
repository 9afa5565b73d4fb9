"""Every address of ISME. What others rely on stands in README.md."""

from django.contrib import admin
from django.urls import include, path

from isme.lib import health
from isme.lib.download import stored_file

urlpatterns = [
    path("", include("dashboard.urls")),
    path("accounts/", include("accounts.urls")),
    path("forum/", include("forum.urls")),
    path("admin/", admin.site.urls),
    path("files/<int:pk>/<str:name>", stored_file, name="stored_file"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "isme.lib.errors.bad_request"
handler403 = "isme.lib.errors.permission_denied"
handler404 = "isme.lib.errors.not_found"
handler500 = "isme.lib.errors.server_error"
