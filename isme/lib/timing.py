"""``Server-Timing``: what a page cost, for whoever looks (SERVER_TIMING=1) and for the tests."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse


@dataclass
class Cost:
    """What one request used so far; times in seconds."""

    queries: int = 0
    database_seconds: float = 0.0
    exchanges: int = 0
    cache_seconds: float = 0.0

    def header(self, total_seconds: float) -> str:
        return (
            f"total;dur={total_seconds * 1000:.1f}, "
            f'db;dur={self.database_seconds * 1000:.1f};desc="{self.queries} queries", '
            f'cache;dur={self.cache_seconds * 1000:.1f};desc="{self.exchanges} round trips"'
        )


_current: ContextVar[Cost | None] = ContextVar("request_cost", default=None)


def count_exchange(seconds: float, number: int) -> None:
    """Add ``number`` exchanges with a Redis, and the time waited, to the current request."""
    cost = _current.get()
    if cost is not None:
        cost.exchanges += number
        cost.cache_seconds += seconds


def count_query(execute: Callable[..., Any], *args: Any) -> Any:
    """A database wrapper that counts statements and their time."""
    started = time.perf_counter()
    try:
        return execute(*args)
    finally:
        cost = _current.get()
        if cost is not None:
            cost.queries += 1
            cost.database_seconds += time.perf_counter() - started


class ServerTimingMiddleware:
    """Outermost, so that the total is the whole. Installed only when it is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cost = Cost()
        token = _current.set(cost)
        started = time.perf_counter()
        try:
            with ExitStack() as wrappers:
                for connection in connections.all():
                    wrappers.enter_context(connection.execute_wrapper(count_query))
                response = self.get_response(request)
        finally:
            _current.reset(token)
        response["Server-Timing"] = cost.header(time.perf_counter() - started)
        return response
