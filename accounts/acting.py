"""Serving a super admin the pages of somebody else: to look, never to change.

Only GET and HEAD. The whole request is one transaction that is rolled back, so that a page which
would note something (that it was read, say) notes nothing; and no page of theirs is kept for
the one who looks, nor one of the looker for them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import rules
from accounts.http import Request, origin_of
from accounts.models import User
from accounts.services import acting as service
from accounts.session import reader
from isme.lib.redis import RedisAway

View = Callable[..., HttpResponse]
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])
# One's own secrets, which nobody else has to see, and doors that belong to the browser.
LOOKING = ("GET", "HEAD")
CLOSED = ("/accounts/password/", "/accounts/email/", "/accounts/second-factor/", "/admin/")


@dataclass(frozen=True)
class Acting:
    """Who looks, as whom, and until when: what the banner says."""

    actor: User
    person: User
    until: datetime


def as_oneself(view: AnyView) -> AnyView:
    """Serve this view to the one who is signed in, whoever they look as."""
    view.as_oneself = True  # type: ignore[attr-defined]
    return view


def not_while_acting(view: AnyView) -> AnyView:
    """Close this view meanwhile: what it does must be on record under the right name."""
    view.not_while_acting = True  # type: ignore[attr-defined]
    return view


class ActingMiddleware:
    """The innermost: calls the view itself where somebody acts. Costs nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Where no view is found, only the error page can ask.
        request.find_acting = lambda: _found(cast("Request", request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: Request, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        snapshot = request.reading.snapshot
        facts = snapshot.data.get(service.KEY) if snapshot else None
        if not facts or getattr(view, "as_oneself", False):
            return None
        acting = _acting(request.user, facts)
        if acting is None:
            return _over(request)
        if request.method not in LOOKING:
            response = _refused(request, acting, HTTPStatus.METHOD_NOT_ALLOWED)
            response["Allow"] = ", ".join(LOOKING)
            return response
        if _is_closed(request, view):
            return _refused(request, acting, HTTPStatus.FORBIDDEN)
        return _shown(request, acting, view, args, kwargs)


def _acting(actor: User, facts: dict[str, Any]) -> Acting | None:
    """None when the time is over or the rules don't allow it any more. One query."""
    person = User.objects.filter(pk=facts["user"]).first()
    if person is None or facts["until"] <= time.time() or not rules.can_act_as(actor, person):
        return None
    return Acting(actor, person, datetime.fromtimestamp(facts["until"], tz=UTC))


def _found(request: Request) -> Acting | None:
    """Who looks as whom, asked outside any view; None too while nobody can tell. One query."""
    try:
        snapshot = request.reading.snapshot
        facts = snapshot.data.get(service.KEY) if snapshot else None
        return _acting(request.user, facts) if facts else None
    except (DatabaseError, InterfaceError, RedisAway):
        return None


def _over(request: Request) -> HttpResponse:
    """Say that it is over, on a page of one's own."""
    service.stop(actor_id=request.user.pk, origin=origin_of(request), why="over")
    messages.info(
        request, _("The time of acting as somebody else is over. You are yourself again.")
    )
    address = reverse("accounts:people")
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=HTTPStatus.FORBIDDEN)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


def _is_closed(request: Request, view: View) -> bool:
    return getattr(view, "not_while_acting", False) or request.path.startswith(CLOSED)


def _refused(request: Request, acting: Acting, status: int) -> HttpResponse:
    request.acting = acting
    response = render(request, "accounts/acting_refused.html", {"acting": acting}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shown(
    request: Request, acting: Acting, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    person: Any = acting.person
    person.acted_by = acting.actor.pk  # for rules that keep something from everybody else
    request.user, request.acting = person, acting
    name = getattr(view, "hot_keys", None)
    language = translation.get_language() or ""
    request.reading.hot = reader.hot(name(person.pk, language)) if name else {}
    with transaction.atomic():
        response = view(request, *args, **kwargs)
        transaction.set_rollback(True)
    response["Cache-Control"] = "no-store"
    return response
