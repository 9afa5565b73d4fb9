"""The addresses of a development server: those of ISME and the gallery; and one for trouble."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from isme.lib.errors import error_page
from isme.lib.gallery import gallery
from isme.urls import handler400, handler403, handler404, handler500
from isme.urls import urlpatterns as own

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def trouble(request: HttpRequest, status: int) -> HttpResponse:
    """The page that somebody gets who asks too often, or whose server is in trouble."""
    if status == 500:
        raise RuntimeError
    if status == 503:
        raise OperationalError(2002, "Can't connect")
    return error_page(request, status)


urlpatterns = [
    *own,
    path("gallery/", gallery, name="gallery"),
    path("trouble/<int:status>/", trouble),
]
