"""A replica of the database that answers what may come a little late.

Nothing goes there by itself. A view says ``may_lag``, and in it a selector gives rows that are
``late``; both are few, and named: searches, reports, long lists of the office. Sign-in, rights,
and whatever is written from what was read are always asked of the primary.

Whoever writes is kept with the primary for PINNED_SECONDS by a cookie of their own browser, so
they see what they wrote: it needs no Redis, and a forged one harms its forger. A replica that is
away, or further behind than MOST_LAG_SECONDS, is asked nothing; a view that it failed is run
again on the primary.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from isme.lib.breaker import Breaker
from isme.lib.within import within

ALIAS = "replica"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_LAG_SECONDS = 5
PINNED_SECONDS = 10  # longer than the replica may be behind, and it is looked at once a second
LOOK_SECONDS = 1.0
breaker = Breaker(errors=1, seconds=5)
logger = logging.getLogger(__name__)
Handler = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])
Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")
_may_lag: ContextVar[bool] = ContextVar("may_lag", default=False)


def may_lag(view: View) -> View:
    """Mark a view whose ``late`` rows may come from the replica."""
    view.may_lag = True  # type: ignore[attr-defined]
    return view


def late(rows: Rows) -> Rows:
    """``rows`` from the replica where the request may read there, else as they are. No query."""
    return rows.using(ALIAS) if _may_lag.get() else rows


class Router:
    """Nothing is sent to the replica unasked, and nothing is ever written there."""

    def db_for_read(self, model: type[Model], **hints: object) -> str | None:
        return None

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        return "default"

    def allow_relation(self, one: Model, other: Model, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db != ALIAS


class ReplicaMiddleware:
    """The last one: runs a view that may lag, and keeps who wrote with the primary."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE:
            response.set_cookie(
                settings.PINNED_COOKIE_NAME,
                "1",
                max_age=PINNED_SECONDS,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if (
            not getattr(view, "may_lag", False)
            or request.method not in SAFE
            or settings.PINNED_COOKIE_NAME in request.COOKIES
            or not is_near()
        ):
            return None
        with within(_may_lag):
            try:
                response: HttpResponse = view(request, *args, **kwargs)
            except (DatabaseError, InterfaceError) as error:
                # Also if it was the primary's: then the view says so once more by itself.
                _failed(error)
                return None
        return response


class _Look:
    """What this process saw of the replica's lag when it last looked."""

    until = 0.0
    lag: float | None = None


def is_near() -> bool:
    """Whether the replica answers and is not far behind: at most one query a second."""
    if breaker.is_open:
        return False
    now = time.monotonic()
    if now >= _Look.until:
        _Look.until = now + LOOK_SECONDS  # others use what there is while this one looks
        _Look.lag = lag_seconds()
    return _Look.lag is not None and _Look.lag <= MOST_LAG_SECONDS


def lag_seconds() -> float | None:
    """How far the replica is behind; None for one that is away or doesn't follow. One query."""
    try:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SHOW SLAVE STATUS")
            row = cursor.fetchone()
            names = [column[0] for column in cursor.description]
    except (DatabaseError, InterfaceError) as error:
        _failed(error)
        return None
    status = dict(zip(names, row, strict=True)) if row else {}
    behind = status.get("Seconds_Behind_Master")
    breaker.succeeded()
    return None if behind is None else float(behind)


def _failed(error: BaseException) -> None:
    _Look.until = 0.0
    breaker.failed()
    connections[ALIAS].close()
    logger.warning("the replica is left alone for a while: %s", error)
