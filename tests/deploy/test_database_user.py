"""The database user that deploy/install makes can do what a restore to a moment needs."""

import re
from pathlib import Path

import MySQLdb
import pytest
from django.conf import settings
from django.db import connection

from tests.processes import on_sqlite

INSTALL = Path(settings.BASE_DIR) / "deploy" / "install"
REFUSED = 1227
# What mariadb-binlog writes and backup_database sends, in front of each piece of a binary log.
REPLAY = (
    "SET SESSION sql_log_bin=0",
    "SET @@session.pseudo_thread_id=1",
    "BINLOG 'AAAA'",
    "FLUSH BINARY LOGS",
    "SHOW BINARY LOGS",
)


@pytest.mark.django_db
@pytest.mark.skipif(on_sqlite, reason="MariaDB's own rights")
def test_user_of_the_server_may_repeat_binary_logs():
    socket = connection.get_connection_params()["unix_socket"]
    [rights] = re.findall(r"GRANT ([A-Z ,]+) ON \*\.\* TO isme@localhost", INSTALL.read_text())
    root = MySQLdb.connect(unix_socket=socket, user="root").cursor()
    root.execute("CREATE OR REPLACE USER isme_trial@localhost IDENTIFIED BY 'trial'")
    root.execute(f"GRANT {rights} ON *.* TO isme_trial@localhost")
    server = MySQLdb.connect(unix_socket=socket, user="isme_trial", password="trial")
    try:
        for statement in REPLAY:
            assert answer(server, statement) != REFUSED, statement
    finally:
        server.close()
        root.execute("DROP USER isme_trial@localhost")


def answer(server: MySQLdb.Connection, statement: str) -> int:
    """The number of the error, 0 for none; what is asked for may be nonsense here."""
    try:
        server.cursor().execute(statement)
    except MySQLdb.Error as error:
        return int(error.args[0])
    return 0
