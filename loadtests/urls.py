"""ISME's addresses, and two pages that show what the machine and the framework can do."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from isme.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Middleware and nothing else: nobody is asked for, so Redis isn't either."""
    return HttpResponse("ok")


def static_page(request: HttpRequest) -> HttpResponse:
    """A template of the home page's size without a single tag, for signed-in people."""
    return render(request, "loadtests-static.html")


urlpatterns = [
    path("loadtests/bare/", bare),
    path("loadtests/static/", static_page),
    path("", include("isme.urls")),
]
