"""Django's MySQL backend with a circuit breaker in front of the connection.

Without it every thread would wait a connect timeout on each request while MariaDB is away,
and the pages that need no database would wait behind them.
"""

from typing import Any

import MySQLdb
from django.db.backends.mysql import base
from django.db.utils import OperationalError

from isme.lib.outage import database_breaker, is_database_down


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if database_breaker.is_open:
            raise MySQLdb.OperationalError(2002, "not tried: the database was just away")
        try:
            connection = super().get_new_connection(conn_params)
        except MySQLdb.OperationalError as error:
            if is_database_down(OperationalError(*error.args)):
                database_breaker.failed()
            raise
        database_breaker.succeeded()
        return connection

    def is_usable(self) -> bool:
        """Whether the kept connection answers; a frozen server is asked by one thread only."""
        if database_breaker.is_open:
            return False
        usable: bool = super().is_usable()
        if not usable:
            database_breaker.failed()
        return usable
