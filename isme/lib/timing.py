"""What a page costs: for ``/metrics``, the log, ``Server-Timing`` (SERVER_TIMING=1) and the tests."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass
class Cost:
    """What one request used so far; times in seconds."""

    queries: int = 0
    database_seconds: float = 0.0
    exchanges: int = 0
    cache_seconds: float = 0.0

    def add(self, other: "Cost") -> None:
        self.queries += other.queries
        self.database_seconds += other.database_seconds
        self.exchanges += other.exchanges
        self.cache_seconds += other.cache_seconds

    def header(self, total_seconds: float) -> str:
        return (
            f"total;dur={total_seconds * 1000:.1f}, "
            f'db;dur={self.database_seconds * 1000:.1f};desc="{self.queries} queries", '
            f'cache;dur={self.cache_seconds * 1000:.1f};desc="{self.exchanges} round trips"'
        )


_current: ContextVar[Cost | None] = ContextVar("request_cost", default=None)


@contextmanager
def counting() -> Iterator[Cost]:
    """Count what the block costs; whoever counts around it gets that too."""
    cost, outer = Cost(), _current.get()
    token = _current.set(cost)
    try:
        yield cost
    finally:
        _current.reset(token)
        if outer is not None:
            outer.add(cost)


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
