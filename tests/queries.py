"""Counting what a page asks of the database, whatever the machine does beside it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

from academics.choices import STRUCTURE
from academics.selectors.terms import running_term
from isme.lib import versions

SESSION = "accounts_signinsession"


@contextmanager
def page_queries(number: int) -> Iterator[None]:
    """Assert that the page itself asks ``number`` times.

    The session's own question is left out: it is kept for some minutes, and under a lease
    that a slow machine may lose, so it comes again now and then. Its cost has tests of its own.
    """
    with CaptureQueriesContext(connection) as found:
        yield
    own = [query["sql"] for query in found if _table(query["sql"]) != SESSION]
    assert len(own) == number, "\n".join(own)


def with_known_term() -> None:
    """As in a process that has shown a page since the structure of the faculty changed."""
    running_term(versions.establish(STRUCTURE))


def _table(sql: str) -> str:
    """The first table that is read."""
    return sql.partition(" FROM ")[2].strip().split(" ", 1)[0].strip('`"') if sql else ""
