"""Saying to all that runs in a block that it does: a context variable that is true in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


@contextmanager
def within(variable: ContextVar[bool]) -> Iterator[None]:
    """``variable`` is true until the block ends, and then what it was."""
    token = variable.set(True)
    try:
        yield
    finally:
        variable.reset(token)
