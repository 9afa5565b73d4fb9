"""Log lines that can be followed from a page to its cause."""

import logging
from contextvars import ContextVar

from isme.lib.outage import is_database_down

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestFilter(logging.Filter):
    """Puts the id of the current request on every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class OutageFilter(logging.Filter):
    """A dead database is one line a request, not a trace of 80: the log must stay readable."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_database_down(error):
            record.msg, record.args = "database away: %s", (error,)
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
