"""What the pages of the front door and of one's own account share."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.services.sign_in import Visit
from accounts.session import device as devices
from isme.lib.http import client_ip, device_of, place_of

COOKIE_YEAR = 365 * 24 * 60 * 60


def visit_of(request: HttpRequest) -> Visit:
    return Visit(
        device=device_of(request),
        place=place_of(request),
        address=client_ip(request),
        known=devices.read(request),
        ticket=request.COOKIES.get(settings.TICKET_COOKIE_NAME, ""),
    )


def next_address(request: HttpRequest) -> str:
    """Where to go after signing in; only within this site."""
    target = request.POST.get("next", request.GET.get("next", ""))
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith("/") else settings.LOGIN_REDIRECT_URL


def set_choice(response: HttpResponse, name: str, value: str) -> None:
    if value:
        response.set_cookie(
            name, value, max_age=COOKIE_YEAR, samesite="Lax", secure=settings.SECURE_COOKIES
        )
    else:
        response.delete_cookie(name)
