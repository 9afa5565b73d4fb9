"""The cookie by which a browser shows that it signed in to an account before (F4.1).

One signed cookie for the newest few accounts: on a shared computer one for each person would
outgrow what a request may carry.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "accounts.device"
MOST_ACCOUNTS = 8
MOST_LENGTH = 1000
YEAR_SECONDS = 365 * 24 * 60 * 60

Known = tuple[tuple[int, str], ...]


def read(request: HttpRequest) -> Known:
    """Accounts and device numbers, newest first; () for none or a forged cookie."""
    raw = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not raw or len(raw) > MOST_LENGTH:
        return ()
    try:
        rows: list[Any] = signing.loads(raw, salt=SALT, max_age=YEAR_SECONDS)
    except signing.BadSignature:
        return ()
    return tuple((int(user_id), str(number)) for user_id, number in rows)


def send(response: HttpResponse, request: HttpRequest, user_id: int) -> None:
    """Remember ``user_id`` in this browser; a device keeps its number, and so its bucket."""
    known = read(request)
    number = dict(known).get(user_id) or secrets.token_hex(8)
    others = [[pk, device] for pk, device in known if pk != user_id]
    rows = [[user_id, number], *others][:MOST_ACCOUNTS]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(rows, salt=SALT, compress=True),
        max_age=YEAR_SECONDS,
        path=settings.LOGIN_URL,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
