"""Every address of ISME. What others rely on stands in README.md."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from isme.lib import gallery, health, metrics_page
from isme.lib.download import stored_file

# Each address is tried in this order: what pages ask most stands before an app with many of them.
urlpatterns = [
    path("", include("dashboard.urls")),
    path("notifications/", include("notifications.urls")),
    path("forum/", include("forum.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("academics.urls")),
    path("admin/", admin.site.urls),
    path("files/<int:pk>/<str:name>", stored_file, name="stored_file"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics_page.page, name="metrics"),
]

if settings.DEBUG:
    urlpatterns.append(path("gallery/", gallery.gallery, name="gallery"))

handler400 = "isme.lib.errors.bad_request"
handler403 = "isme.lib.errors.permission_denied"
handler404 = "isme.lib.errors.not_found"
handler500 = "isme.lib.errors.server_error"
