"""What somebody sent when the session was already over: it comes back after signing in.

It waits in that browser, in a signed cookie for half an hour, and only for the person whose
cookie came with it: the server keeps nothing for people it can't be sure of. A browser with
scripts keeps the text itself (drafts.js) and doesn't need this.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.session import cookie as cookies

SALT = "accounts.session.unsent"
SECONDS = 30 * 60
MOST_CHARACTERS = 3600  # a browser takes a cookie of 4,096 bytes with its name and attributes
# Names of fields that hold secrets, and pages whose forms are about them.
SECRET_NAME = re.compile(r"pass|secret|token|^(current|old|new|again)$", re.IGNORECASE)
SECRET_PAGE = re.compile(r"^/(admin|accounts/(login|logout|password))(/|$)")


@dataclass(frozen=True)
class Unsent:
    """A form: where it was going, the page it stood on, and its fields in their order."""

    action: str
    page: str
    fields: list[tuple[str, str]]


def is_secret(name: str) -> bool:
    return SECRET_NAME.search(name) is not None


def page_of(request: HttpRequest) -> str:
    """The page that sent this request, as a path of this site; "" when it isn't known."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(address)
    if parts.netloc != request.get_host() or not parts.path.startswith("/"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def keep(request: HttpRequest, response: HttpResponse) -> None:
    """Let ``response`` carry the fields that ``request`` brought, if they may and do fit."""
    cookie = cookies.read(request)
    if cookie is None or request.method != "POST" or SECRET_PAGE.search(request.path):
        return
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not is_secret(name)
    ]
    if not fields:
        return
    kept = [cookie.user_id, request.get_full_path(), page_of(request), fields]
    value = signing.dumps(kept, salt=SALT, compress=True)
    if len(value) <= MOST_CHARACTERS:
        response.set_cookie(
            settings.UNSENT_COOKIE_NAME,
            value,
            max_age=SECONDS,
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )


def read(request: HttpRequest, user_id: int) -> Unsent | None:
    """What waits in this browser for ``user_id``: not another's, nor what is forged or old."""
    raw = request.COOKIES.get(settings.UNSENT_COOKIE_NAME, "")
    try:
        owner, action, page, fields = signing.loads(raw, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if owner != user_id:
        return None
    return Unsent(action, page, [(name, value) for name, value in fields])


def drop(request: HttpRequest, response: HttpResponse) -> None:
    if settings.UNSENT_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.UNSENT_COOKIE_NAME, samesite="Lax")
