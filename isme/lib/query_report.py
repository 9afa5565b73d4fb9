"""On a developer's machine (DEBUG=1): which pages ask the database too often, or too slowly.

The query budgets of the tests are the gate; this says where, while one writes the page.
"""

import logging
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from isme.lib import timing

logger = logging.getLogger("isme.queries")
REPEATED = 5  # times the same statement in one request: a loop that should be a join
SLOW_SECONDS = 0.1
SHOWN_CHARACTERS = 300


@dataclass
class _Seen:
    times: int = 0
    slowest: float = 0.0
    place: str = ""


@dataclass
class Report:
    """What one request asked: each statement (without its values) once."""

    statements: dict[str, _Seen] = field(default_factory=dict)

    def watch(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, *args)
        finally:
            seen = self.statements.setdefault(sql, _Seen())
            seen.times += 1
            seen.slowest = max(seen.slowest, time.perf_counter() - started)
            seen.place = seen.place or _place()

    def complaints(self) -> list[str]:
        found = []
        for sql, seen in self.statements.items():
            if seen.times >= REPEATED:
                found.append(f"{seen.times} times at {seen.place}: {sql[:SHOWN_CHARACTERS]}")
            if seen.slowest >= SLOW_SECONDS:
                ms = seen.slowest * 1000
                found.append(f"{ms:.0f} ms at {seen.place}: {sql[:SHOWN_CHARACTERS]}")
        return found


def _place() -> str:
    """The line of ours that asked: the innermost one but for those who watch statements."""
    root = str(settings.BASE_DIR)
    for frame in reversed(traceback.extract_stack()):
        ours = frame.filename.startswith(root) and "site-packages" not in frame.filename
        if ours and frame.filename not in {__file__, timing.__file__}:
            return f"{Path(frame.filename).relative_to(root)}:{frame.lineno}"
    return "?"


class QueryReportMiddleware:
    """Warns in the log of each statement that came too often or took too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        report = Report()
        with ExitStack() as wrappers:
            for connection in connections.all():
                wrappers.enter_context(connection.execute_wrapper(report.watch))
            response = self.get_response(request)
        match = request.resolver_match
        for complaint in report.complaints():
            logger.warning("%s asked %s", match.view_name if match else "-", complaint)
        return response
