"""The signed-in person of a request (the request path): subclasses, so Django admin's checks pass."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.session import cookie, unsent
from accounts.session.reader import Reading, read
from accounts.session.store import SnapshotSession
from isme.lib import page_parts
from isme.lib.logs import note_user

View = Callable[..., HttpResponseBase]


def hot_keys(name: Callable[[int, str], list[str]]) -> Callable[[View], View]:
    """Name the cache keys a view reads, from (user id, language): they come with the snapshot."""

    def mark(view: View) -> View:
        view.hot_keys = name  # type: ignore[attr-defined]
        return view

    return mark


def passive(view: View) -> View:
    """Mark a view that pages ask by themselves: it doesn't count as the person's activity."""
    view.is_passive = True  # type: ignore[attr-defined]
    return view


def open_before(*steps: str) -> Callable[[View], View]:
    """Let a person in who has still to take one of these first ``steps`` (their addresses)."""

    def mark(view: View) -> View:
        view.open_before = frozenset(steps)  # type: ignore[attr-defined]
        return view

    return mark


def open_before_password_change(view: View) -> View:
    """Let everybody in who signed in, whatever first step they still have to take."""
    return open_before(settings.PASSWORD_CHANGE_URL, settings.SECOND_FACTOR_URL)(view)


class SnapshotSessionMiddleware(SessionMiddleware):
    """Makes the request's one exchange as soon as the view, and so its hot keys, are known."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # An error page or a redirect may ask before (or without) a view.
        request.reading = SimpleLazyObject(lambda: _reading(request, None))  # type: ignore[attr-defined]
        request.session = SimpleLazyObject(lambda: SnapshotSession(_snapshot(request)))  # type: ignore[assignment]
        response: HttpResponse = self.get_response(request)  # type: ignore[assignment]
        session: Any = request.session
        if "session" in request.__dict__ and _is_loaded(session) and session.modified:
            session.save()
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        request.reading = _reading(request, view)  # type: ignore[attr-defined]
        return None


class SnapshotUserMiddleware(AuthenticationMiddleware):
    """Puts the person on the request and lets nobody else in, unless the view says so."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        request.user = _user(request)
        if request.user.is_authenticated:
            note_user(request.user.pk)
            _speak(request)
            return _to_first_step(request, view)
        if not getattr(view, "login_required", True):
            return None
        return to_sign_in(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Whatever a signed-in person sends settles what waited to be sent."""
        waits = settings.UNSENT_COOKIE_NAME in request.COOKIES
        if waits and request.method == "POST" and request.user.is_authenticated:
            unsent.drop(request, response)
        return response


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in page and back; a fragment is told to leave the whole page."""
    fragment = request.headers.get("HX-Request") == "true"
    whole_page = request.method == "GET" and not fragment
    target = request.get_full_path() if whole_page else unsent.page_of(request)
    address = settings.LOGIN_URL + (f"?{urlencode({'next': target})}" if target else "")
    if fragment:
        response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        response["HX-Redirect"] = address
        return response
    response = HttpResponseRedirect(address)
    unsent.keep(request, response)
    return response


def _to_first_step(request: HttpRequest, view: View) -> HttpResponse | None:
    """The way to what must be done before anything else, or None: no query, it's in the snapshot.

    A one-time password is replaced; then a super admin sets up a second factor.
    """
    snapshot = _snapshot(request)
    address = settings.SECOND_FACTOR_URL if snapshot.must_enrol else ""
    if snapshot.must_change:
        address = settings.PASSWORD_CHANGE_URL
    if not address or not getattr(view, "login_required", True):
        return None
    opens: frozenset[str] = getattr(view, "open_before", frozenset())
    if address in opens:
        return None
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=HTTPStatus.FORBIDDEN)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


def _reading(request: HttpRequest, view: View | None) -> Reading:
    found = cookie.read(request)
    name = getattr(view, "hot_keys", None)
    language = translation.get_language() or settings.LANGUAGE_CODE
    if found is None:
        return read(None, [])
    keys = name(found.user_id, language) if name else []
    keys = [*keys, *page_parts.hot_keys(found.user_id)]
    return read(found, keys, active=not getattr(view, "is_passive", False))


def _snapshot(request: HttpRequest) -> Any:
    return request.reading.snapshot  # type: ignore[attr-defined]


def _user(request: HttpRequest) -> Any:
    snapshot = _snapshot(request)
    return snapshot.user() if snapshot else AnonymousUser()


def _speak(request: HttpRequest) -> None:
    """The person's own choice of language, where the cookie of this browser doesn't say."""
    chosen = request.user.language  # type: ignore[union-attr]
    if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen


def _is_loaded(lazy: Any) -> bool:
    from django.utils.functional import empty

    return lazy.__dict__.get("_wrapped", empty) is not empty
