"""The addresses of a development server: those of ISME and the gallery."""

from django.urls import path

from isme.lib.gallery import gallery
from isme.urls import handler400, handler403, handler404, handler500
from isme.urls import urlpatterns as own

__all__ = ["handler400", "handler403", "handler404", "handler500"]
urlpatterns = [*own, path("gallery/", gallery, name="gallery")]
