"""The bell of every page, and the fragment by which open pages ask again."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.middleware import open_before_password_change, passive
from accounts.session.reader import Reading
from isme.lib.page_parts import Part
from notifications.selectors import badge
from notifications.selectors.badge import Unread


def unread_of(request: HttpRequest) -> int:
    """How many notifications the person has not read."""
    return _asked(request).number


def may_have_unread(request: HttpRequest, *words: str) -> bool:
    """Whether something unread may be about one of ``words``, or of such a kind."""
    return _asked(request).may_have(words)


def _asked(request: HttpRequest) -> Unread:
    """The person's unread notifications, asked once a request."""
    known: Unread | None = request.__dict__.get("unread_notifications")
    if known is None:
        reading: Reading = request.reading  # type: ignore[attr-defined]
        user_id = int(str(request.user.pk))
        known = badge.unread(user_id, reading.hot.get(badge.key(user_id)), cached=reading.cached)
        request.__dict__["unread_notifications"] = known
    return known


def _bell(request: HttpRequest) -> SafeString:
    if not request.user.is_authenticated:
        return SafeString("")
    return _drawn("components/bell.html", unread_of(request), get_language())


@lru_cache(maxsize=1024)
def _drawn(template: str, unread: int, language: str | None) -> SafeString:
    """The bell in the ``language`` that is active: on every page, and few numbers are usual."""
    return render_to_string(template, {"unread": unread})


def _version(request: HttpRequest) -> str:
    return str(unread_of(request)) if request.user.is_authenticated else ""


PART = Part(name="bell", render=_bell, version=_version, key=badge.key)


@require_safe
@passive
@open_before_password_change
def count(request: Request) -> HttpResponse:
    """The inside of the bell. Warm: no query, one exchange. Not counted as activity."""
    unread = unread_of(request)
    tag = f'W/"{unread}-{get_language()}"'
    if request.META.get("HTTP_IF_NONE_MATCH") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(_drawn("components/_bell_inside.html", unread, get_language()))
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response
