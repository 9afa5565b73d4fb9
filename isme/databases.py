"""How ISME speaks to its databases: reliability promises 7, 8 and 10."""

from typing import Any

import dj_database_url

MYSQL = "isme.lib.mysql"
PLAIN_MYSQL = "django.db.backends.mysql"
# A replica that does not answer sends its reader to the primary; nobody waits long for that.
REPLICA_SECONDS = 2
STRICT = (
    "SET sql_mode='STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
    " innodb_lock_wait_timeout=5"
)


def primary(url: str, *, read_seconds: int, is_web: bool) -> dict[str, Any]:
    """The settings of the database of ``url``: MariaDB (``mysql://``) or SQLite.

    A page must not hang on a sick database: no answer takes longer than ``read_seconds``, and no
    statement of the web longer than 15 s.
    """
    is_mysql = url.startswith("mysql")
    found: dict[str, Any] = {**dj_database_url.parse(url, engine=MYSQL if is_mysql else None)}
    if is_mysql:
        return found | _mysql(found, read_seconds, is_web=is_web)
    options = {
        "timeout": 5,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return found | {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def replica(url: str, *, is_web: bool) -> dict[str, Any]:
    """The settings of a replica of the primary. Its own death opens no breaker of the primary's."""
    found: dict[str, Any] = {**dj_database_url.parse(url, engine=PLAIN_MYSQL)}
    return found | _mysql(found, REPLICA_SECONDS, is_web=is_web) | {"TEST": {"MIRROR": "default"}}


def _mysql(found: dict[str, Any], read_seconds: int, *, is_web: bool) -> dict[str, Any]:
    options = {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        "connect_timeout": 1,
        "read_timeout": read_seconds,
        "write_timeout": read_seconds,
        "init_command": STRICT + (", max_statement_time=15" if is_web else ""),
    }
    return {
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | found.get("OPTIONS", {}),
    }
