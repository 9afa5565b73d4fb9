"""The cookie between password and second factor: who gave the right password, for 5 minutes.

There is no session yet, and nothing of an older one has ended.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import User

SALT = "accounts.stage"
MOST_LENGTH = 400


@dataclass(frozen=True)
class Stage:
    user_id: int
    fingerprint: str  # of the password that was right
    remember: bool


def fingerprint(user: User) -> str:
    """Another password, another fingerprint: changing it makes older stages void."""
    return salted_hmac(SALT, f"{user.pk}|{user.password}").hexdigest()[:24]


def make(user: User, *, remember: bool) -> str:
    return signing.dumps([user.pk, fingerprint(user), remember], salt=SALT)


def read(token: str) -> Stage | None:
    """None for a forged one or one of more than 5 minutes ago."""
    if not token or len(token) > MOST_LENGTH:
        return None
    try:
        return Stage(*signing.loads(token, salt=SALT, max_age=settings.STAGE_SECONDS))
    except signing.BadSignature:
        return None


def of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.STAGE_COOKIE_NAME, "")


def send(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        settings.STAGE_COOKIE_NAME,
        token,
        max_age=settings.STAGE_SECONDS,
        path=settings.LOGIN_URL,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def clear(response: HttpResponse) -> None:
    response.delete_cookie(settings.STAGE_COOKIE_NAME, path=settings.LOGIN_URL, samesite="Lax")
