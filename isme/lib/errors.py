"""Error pages, which say what to do next.

Those for who is not signed in, and those of a server that is in trouble, need neither the
database nor Redis. All others keep their menu: a link that is dead leads to no dead end.
"""

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.views.decorators.csrf import requires_csrf_token

from isme.lib.outage import DISK_FULL, STORE_AWAY, outage_of

RETRY_SECONDS = 5
FULL_SECONDS = 300  # somebody has to make room first
FRAMED = {
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.TOO_MANY_REQUESTS,
}


def error_page(request: HttpRequest, status: int, *, outage: str = "") -> HttpResponse:
    """The page of ``status``: 400, 403, 404, 405, 429, 500, or 503 for the ``outage``."""
    context = {"status": status, "is_error": True, "acting": _acting(request, status)}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        context["above"] = _above(request.path)
    context |= {"disk_full": outage == DISK_FULL, "store_away": outage == STORE_AWAY}
    # The frame shows what the session's middleware read; without it nobody is known.
    in_frame = status in FRAMED and hasattr(request, "reading") and _is_signed_in(request)
    template = "errors/framed.html" if in_frame else "errors/page.html"
    return render(request, template, context, status=status)


def _is_signed_in(request: HttpRequest) -> bool:
    return bool(getattr(getattr(request, "user", None), "is_authenticated", False))


def _acting(request: HttpRequest, status: int) -> object:
    """Who looks as somebody else, for the banner; not asked for when something is broken."""
    known = getattr(request, "acting", None)
    find = getattr(request, "find_acting", None)
    if known is not None or find is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return known
    return find()


def _above(path: str) -> str:
    """The nearest address above ``path`` that leads somewhere: mostly the page with the form."""
    parts = path.strip("/").split("/")[:-1]
    while parts:
        address = f"/{'/'.join(parts)}/"
        if is_valid_path(address):
            return address
        parts.pop()
    return ""


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, HTTPStatus.FORBIDDEN)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, HTTPStatus.NOT_FOUND)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500; or a 503 that says when to come back: a part is away, or the disk is full."""
    error = sys.exc_info()[1]
    outage = outage_of(error) if error is not None else ""
    if not outage:
        return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    response = error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, outage=outage)
    response["Retry-After"] = str(FULL_SECONDS if outage == DISK_FULL else RETRY_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an old page, or from elsewhere: 403 with the way back."""
    return render(
        request,
        "errors/page.html",
        {"status": HTTPStatus.FORBIDDEN, "stale_form": True},
        status=HTTPStatus.FORBIDDEN,
    )
