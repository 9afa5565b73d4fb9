"""Telling a database or a store that is away, or a disk that is full, from a fault of ours."""

import errno

from django.db import InterfaceError, OperationalError

from isme.lib.breaker import Breaker

# MariaDB: no socket, no host, gone away, lost, too many connections, shutting down, killed.
_AWAY_CODES = {2002, 2003, 2006, 2013, 2055, 1040, 1053, 1927, 1226}
_SQLITE_AWAY = ("unable to open database file", "database is locked", "disk I/O error")
# No space left, over one's quota, or a file that may not grow; what MariaDB says of it: disk
# full, error on write, table full.
_FULL_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_CODES = {1021, 1026, 1114}
_FULL_WORDS = "No space left on device"
DATABASE_AWAY, DISK_FULL, STORE_AWAY = "database away", "disk full", "store away"

# While it is open, a new connection is not tried: a dead database costs nobody a second.
database_breaker = Breaker(errors=1, seconds=1)
# A store that hangs must not hold every thread of a process for 5 s, again and again.
store_breaker = Breaker(errors=2, seconds=5)


class StoreAway(OSError):
    """The S3-compatible store can't be reached, or refuses to serve us."""


def is_database_down(error: BaseException) -> bool:
    """Whether ``error`` says that the database can't be reached, rather than that we erred."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    if isinstance(error, InterfaceError):
        return True
    code = error.args[0] if error.args else None
    return code in _AWAY_CODES or any(text in str(error) for text in _SQLITE_AWAY)


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error`` says that a file, or a table, has no room."""
    if isinstance(error, OperationalError):
        code = error.args[0] if error.args else None
        return code in _FULL_CODES or _FULL_WORDS in str(error)  # 1030, of a table for sorting
    return isinstance(error, OSError) and error.errno in _FULL_NUMBERS


def outage_of(error: BaseException) -> str:
    """What is out, in words for the log; "" for a fault of ours."""
    if isinstance(error, StoreAway):
        return STORE_AWAY
    if is_disk_full(error):
        return DISK_FULL
    return DATABASE_AWAY if is_database_down(error) else ""
