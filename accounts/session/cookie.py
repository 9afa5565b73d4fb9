"""The sign-in cookie: ``<user id>.<32 random bytes>``; the server keeps only a hash of it."""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SECRET_BYTES = 32
MOST_ID_DIGITS = 18
MOST_LENGTH = 80


@dataclass(frozen=True)
class Cookie:
    user_id: int
    secret: str

    @property
    def hash(self) -> str:
        """SHA-256 in hex: the secret is 256 random bits, so no slow hash is needed."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.user_id}.{self.secret}"


def new(user_id: int) -> Cookie:
    return Cookie(user_id, secrets.token_urlsafe(SECRET_BYTES))


def read(request: HttpRequest) -> Cookie | None:
    """The cookie of ``request``, or None when there is none or it can't be one of ours."""
    raw = request.COOKIES.get(settings.SID_COOKIE_NAME, "")
    number, dot, secret = raw.partition(".")
    if not dot or len(raw) > MOST_LENGTH or not raw.isascii():
        return None
    if not number.isdigit() or len(number) > MOST_ID_DIGITS or not secret:
        return None
    return Cookie(int(number), secret)


def send(response: HttpResponse, cookie: Cookie, *, remember: bool) -> None:
    response.set_cookie(
        settings.SID_COOKIE_NAME,
        str(cookie),
        max_age=settings.REMEMBERED_SESSION_HOURS * 3600 if remember else None,
        path="/",
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def clear(response: HttpResponse) -> None:
    response.delete_cookie(settings.SID_COOKIE_NAME, path="/", samesite="Lax")
    if settings.SECURE_COOKIES:
        # Browsers refuse to clear a __Host- cookie with one that isn't Secure.
        response.cookies[settings.SID_COOKIE_NAME]["secure"] = True
