"""The frame of a page, and personal pages that are kept in the cache with holes in them.

A kept page is the same for one person until one of its versions changes; the csrf token, the
messages and the theme differ from request to request and are filled into holes on output.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from isme.lib import leases, logs, page_parts
from isme.lib.bar import bar_of
from isme.lib.http import came_from
from isme.lib.kept import KeptPage
from isme.lib.navigation import entries_for
from isme.lib.redis import RedisAway, evictable

THEMES = ("light", "dark")
CSRF_HOLE, MESSAGES_HOLE, THEME_HOLE = ("\0csrf\0", "\0messages\0", "\0theme\0")
COLOR_HOLE, CHOICE_HOLE, SIDE_HOLE = ("\0color\0", "\0choice\0", "\0side\0")
BAR_HOLE, READER_HOLE = ("\0bar\0", "\0reader\0")
KEPT_SECONDS = 600


def theme_of(request: HttpRequest) -> str:
    """The theme of the cookie: light, dark, or "" for what the device says."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return theme if theme in THEMES else ""


def side_of(request: HttpRequest) -> str:
    """How the sidebar was left in this browser: "mini" for icons alone, else ""."""
    return "mini" if request.COOKIES.get(settings.SIDE_COOKIE_NAME) == "mini" else ""


@cache
def theme_parts(theme: str, language: str) -> dict[str, SafeString]:
    """The parts of a page that say which theme is in use, in the ``language`` that is active.

    Rendered once each: a kept page gets them filled into its holes.
    """
    context = {"theme": theme, "name_id": "menu-theme"}
    return {
        "theme_color": render_to_string("components/theme_color.html", context),
        "theme_choice": render_to_string("components/theme_choice.html", context),
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what ``base.html`` reads on every page.

    The navigation is asked for only by pages that show it: an error page must not need to know
    who is there.
    """
    return {
        "theme": theme_of(request),
        "sidebar": side_of(request),
        **theme_parts(theme_of(request), get_language() or ""),
        "release": settings.RELEASE,
        "request_id": logs.current().request_id,
        "acting": getattr(request, "acting", None),
        "here": request.path,
        "back_here": back_here(request),
        "reader_id": lambda: f"{request.user.pk}",
        "navigation": lambda: entries_for(getattr(request.user, "role", "")),
        "parts": page_parts.on_request(request),
    }


def back_here(request: HttpRequest) -> str:
    """The page that a choice of language or theme comes back to.

    What answers a form mostly lies at an address that shows nothing: there, where the form stood.
    """
    if request.method in {"GET", "HEAD"}:
        return request.path
    return urlsplit(came_from(request)).path or request.path


def csrf_hole() -> dict[str, SafeString]:
    """What a part that is rendered by itself puts where its form has the token."""
    return {"csrf_token": SafeString(CSRF_HOLE)}


def build(template: str, context: Mapping[str, Any], versions: Sequence[str]) -> KeptPage:
    """Render ``template`` once, with holes where requests differ. ``context`` names the user."""
    return KeptPage.of(rendered(template, context), versions)


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """The HTML of ``build``."""
    holes = {
        **csrf_hole(),
        "messages_hole": SafeString(MESSAGES_HOLE),
        "theme": SafeString(THEME_HOLE),
        "sidebar": SafeString(SIDE_HOLE),
        "theme_color": SafeString(COLOR_HOLE),
        "theme_choice": SafeString(CHOICE_HOLE),
        "reader_id": SafeString(READER_HOLE),
        "release": settings.RELEASE,
        "navigation": entries_for(getattr(context["user"], "role", "")),
        "parts": page_parts.as_holes(),
    }
    return render_to_string(template, {**context, **holes})


class Known(NamedTuple):
    """What the request's one exchange said: the page as kept, and what it must fit to be right."""

    kept: bytes | None
    versions: list[str]
    note: str


def personal_page(
    request: HttpRequest,
    *,
    key: str,
    known: Known,
    build_page: Callable[[KeptPage | None], KeptPage],
) -> HttpResponse:
    """Answer with the kept page if it is right, else build and keep it.

    Older than it lasts: one process refreshes (a lease in the cache), the others serve what there
    is. ``build_page`` gets what was kept, right or not. No query when kept.
    """
    if getattr(request, "acting", None) is not None:
        # Somebody looks as this person: nothing is kept of it, and nothing kept is shown.
        return HttpResponse(filled(request, build_page(None)))
    page = KeptPage.from_bytes(known.kept)
    if (
        page is None
        or page.versions != known.versions
        or page.note != known.note
        or (not page.is_fresh() and _may_refresh(key))
    ):
        page = _rebuilt(key, build_page, page)
    return answer(request, page)


def answer(
    request: HttpRequest, page: KeptPage, own: Mapping[str, str] | None = None
) -> HttpResponse:
    """``page`` as this request gets it; 304 if the browser has it as it is.

    ``own`` is HTML for holes beside those of every page, by their names.
    """
    etag = _etag(request, page, own or {})
    if etag and request.META.get("HTTP_IF_NONE_MATCH") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(filled(request, page, own))
    if etag:
        response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def forget(*keys: str) -> None:
    """Drop kept pages whole. Silent when the cache is away."""
    if not keys:
        return
    try:
        evictable.ask(lambda client: client.delete(*keys))
    except RedisAway:
        return


def _may_refresh(key: str) -> bool:
    try:
        return bool(evictable.ask(lambda client: client.set(f"lk:{key}", 1, nx=True, ex=5)))
    except RedisAway:
        return False


def _rebuilt(
    key: str, build_page: Callable[[KeptPage | None], KeptPage], old: KeptPage | None
) -> KeptPage:
    with leases.together():
        page = build_page(old)
        leases.keep(lambda client: client.set(key, page.to_bytes(), ex=KEPT_SECONDS))
    return page


def _etag(request: HttpRequest, page: KeptPage, own: Mapping[str, str]) -> str:
    """A weak tag from versions, never from the sent body; "" while messages wait."""
    if "messages" in request.COOKIES or request.method not in {"GET", "HEAD"}:
        return ""
    # The stored page holds a token of this csrf cookie: with another cookie it is another page.
    csrf = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    parts = (
        settings.RELEASE,
        *page.versions,
        page.digest,
        get_language(),
        theme_of(request),
        side_of(request),
        csrf,
        *_person(request),
        *page_parts.versions(request),
        *own.values(),
    )
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=9).hexdigest()
    return f'W/"{digest}"' if csrf else ""


def _person(request: HttpRequest) -> list[str]:
    """What the bar shows of who is signed in."""
    user: Any = request.user
    return [user.pk, user.name, user.avatar_url, user.role, user.theme, user.language]


def filled(request: HttpRequest, page: KeptPage, more: Mapping[str, str] | None = None) -> bytes:
    """The kept page with what this request has in its holes; ``more`` are the caller's own."""
    messages = ""
    if "messages" in request.COOKIES:
        context = {"messages": get_messages(request), "csrf_token": get_token(request)}
        messages = render_to_string("components/messages.html", context)
    acting = getattr(request, "acting", None)
    if acting is not None:
        context = {"acting": acting, "csrf_token": get_token(request)}
        messages = render_to_string("components/acting.html", context) + messages
    theme = theme_of(request)
    parts = theme_parts(theme, get_language() or "")
    said = {
        CSRF_HOLE: get_token(request),
        MESSAGES_HOLE: messages,
        THEME_HOLE: theme,
        SIDE_HOLE: side_of(request),
        COLOR_HOLE: parts["theme_color"],
        CHOICE_HOLE: parts["theme_choice"],
        READER_HOLE: "" if acting else f"{request.user.pk}",
        **page_parts.on_output(request),
        **(more or {}),
    }
    if page.has(BAR_HOLE):
        in_bar = {hole.strip("\0"): html for hole, html in said.items()}
        said[BAR_HOLE] = bar_of(request.user, {**in_bar, "here": request.path})
    return page.filled({hole.strip("\0").encode(): html.encode() for hole, html in said.items()})


def home_key(user_id: int, language: str) -> str:
    """Where a person's home page is kept."""
    return f"home:{user_id}:{language}"
