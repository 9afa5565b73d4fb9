"""The outermost ring of every request: an id to follow it by, what it cost, one line about it."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter

from isme.lib import logs, metrics
from isme.lib.timing import Cost, count_query, counting

Handler = Callable[[HttpRequest], HttpResponse]
NO_VIEW = "-"


class _View:
    """The counters of one view, found once: looking labels up costs more than adding."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.statuses: dict[int, Counter] = {}
        self.seconds = metrics.REQUEST_SECONDS.labels(name)
        self.queries = metrics.VIEW_QUERIES.labels(name)
        self.exchanges = metrics.VIEW_EXCHANGES.labels(name)

    def add(self, status: int, cost: Cost, seconds: float) -> None:
        counter = self.statuses.get(status)
        if counter is None:
            counter = self.statuses[status] = metrics.REQUESTS.labels(self.name, str(status))
        counter.inc()
        self.seconds.observe(seconds)
        if cost.queries:
            self.queries.inc(cost.queries)
        if cost.exchanges:
            self.exchanges.inc(cost.exchanges)


_views: dict[str, _View] = {}


def _view_of(request: HttpRequest) -> _View:
    """The counters of the request's view; all addresses that lead nowhere share one."""
    match = request.resolver_match
    name = (match.view_name or match._func_path) if match else NO_VIEW  # noqa: SLF001
    view = _views.get(name)
    if view is None:
        view = _views[name] = _View(name)
    return view


class ObserveMiddleware:
    """Gives each request an id of ours: one from outside could be forged into the log."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for connection in connections.all():
            if count_query not in connection.execute_wrappers:
                connection.execute_wrappers.append(count_query)
        started = time.perf_counter()
        with counting() as cost, logs.about(secrets.token_hex(8)) as about:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            response["X-Request-ID"] = about.request_id
            if settings.SERVER_TIMING:
                response["Server-Timing"] = cost.header(seconds)
            view = _view_of(request)
            view.add(response.status_code, cost, seconds)
            _write_line(request, response, view.name, cost, seconds)
        return response


def _write_line(
    request: HttpRequest, response: HttpResponse, view: str, cost: Cost, seconds: float
) -> None:
    """One line: never an address (one may hold a token), a query string or what was sent."""
    facts: dict[str, Any] = {
        "method": request.method,
        "view": view,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "queries": cost.queries,
        "exchanges": cost.exchanges,
    }
    match = request.resolver_match
    if match and match.kwargs:
        objects = {k: v for k, v in match.kwargs.items() if isinstance(v, int)}
        if objects:
            facts["objects"] = objects
    logs.write_request(facts)
