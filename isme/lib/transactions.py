"""Transactions that lose a race and try again."""

import functools
import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from isme.lib.within import within

P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)

DEADLOCK, LOCK_WAIT_TIMEOUT = 1213, 1205
TRIES = 4
PAUSE_SECONDS = 0.02
_is_within: ContextVar[bool] = ContextVar("within_retry_atomic", default=False)


def retry_atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` in a transaction; on a deadlock or a lock timeout, up to 3 times more.

    Nested in another transaction it does not retry: the deadlock has already rolled back what
    the outer one did, so only the outermost can start again. One ``retry_atomic`` within another
    has no savepoint of its own: what it raises undoes all of the outer one too, unless a
    ``transaction.atomic()`` lies between. Raises OperationalError at last, and
    TransactionManagementError for who caught that and would call it done.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic(savepoint=not is_within()), within(_is_within):
                return _whole(function(*args, **kwargs))
        for remaining in range(TRIES - 1, -1, -1):
            try:
                with transaction.atomic(), within(_is_within):
                    return _whole(function(*args, **kwargs))
            except OperationalError as error:
                if not (remaining and lost_race(error)):
                    raise
                logger.info("%s lost a race, trying again", function.__qualname__)
                # A random pause, so that two rivals do not meet again at once.
                time.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 (no secret)
        raise AssertionError("the last try returns or raises")

    return run


def is_within() -> bool:
    """Whether this is part of what a ``retry_atomic`` around it began."""
    return _is_within.get()


def _whole(result: R) -> R:
    """``result``, unless a part was refused: then nothing of it will be kept."""
    if transaction.get_rollback():
        raise transaction.TransactionManagementError(
            "a part of this was refused, and that was caught without a transaction.atomic()"
        )
    return result


def lost_race(error: OperationalError) -> bool:
    code = error.args[0] if error.args else None
    return code in {DEADLOCK, LOCK_WAIT_TIMEOUT} or "database is locked" in str(error)
