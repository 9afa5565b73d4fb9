"""Log lines that can be followed from a page to its cause.

On a server each line is a JSON object with the request's id and the person's number; never an
address, a query string, a form or a header: those may hold secrets.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from isme.lib.outage import outage_of


@dataclass
class About:
    """Whose request it is that lines are about."""

    request_id: str = "-"
    user_id: int | None = None


BROKEN, SLOW_MS = 500, 1000
NOBODY = About()
_about: ContextVar[About] = ContextVar("log_about", default=NOBODY)


def current() -> About:
    return _about.get()


@contextmanager
def about(request_id: str) -> Iterator[About]:
    """Put ``request_id`` on every line until the block ends."""
    now = About(request_id)
    token = _about.set(now)
    try:
        yield now
    finally:
        _about.reset(token)


def note_user(user_id: int) -> None:
    """Put the person's number on every further line of the current request."""
    now = _about.get()
    if now is not NOBODY:
        now.user_id = user_id


def write_request(facts: dict[str, Any]) -> None:
    """Write the one line of a request: as JSON; on a laptop in words, if it is worth a look.

    Past ``logging``, which costs five times as much for a line that every page writes: one
    system call, which a pipe keeps whole.
    """
    in_json = settings.LOG_FORMAT == "json"
    if not (in_json or facts["status"] >= BROKEN or facts["ms"] >= SLOW_MS):
        return
    now = _about.get()
    head = {"time": _moment(datetime.now(tz=UTC)), "level": "INFO", "logger": "isme.request"}
    line = {**head, "request": now.request_id, "user": now.user_id, **facts}
    emit(_as_json(line) if in_json else _in_words(line))


def emit(line: str) -> None:
    """Write to standard error. A log that can't be written must not cost anybody a page."""
    with suppress(OSError):
        os.write(2, f"{line}\n".encode())


def _in_words(line: dict[str, object]) -> str:
    words = "{time} {level} {logger} [{request}] {method} {view}: {status}, {ms} ms"
    return words.format_map(line)


def _moment(time: datetime) -> str:
    return time.isoformat("T", "milliseconds")


_encoder = json.JSONEncoder(default=str, separators=(",", ":"))
_as_json = _encoder.encode


class RequestFilter(logging.Filter):
    """Puts the id of the current request, and the person's number, on every line.

    Django names the address of what it refuses, and an address may hold somebody's token: the
    line gets the pattern of the address instead.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        now = _about.get()
        record.request_id = now.request_id
        record.user_id = now.user_id
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            shown = f"/{match.route}" if match else "(an address)"
            path = str(getattr(request, "path", ""))
            hidden = {path, path.encode("unicode_escape").decode()}  # how Django names it
            record.args = tuple(shown if word in hidden else word for word in record.args)
        return True


class OutageFilter(logging.Filter):
    """An outage is one line a request, not a trace of 80 that hides others."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        what = outage_of(error) if error is not None else ""
        if what:
            record.msg, record.args = f"{what}: %s", (error,)
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _moment(datetime.fromtimestamp(record.created, tz=UTC)),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "user": getattr(record, "user_id", None),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return _as_json(line)
