"""Dump and load a database: MariaDB through its own programs, SQLite through its backup.

``fingerprint`` is the SHA-256 of the dump without its comments: a database that was loaded and
is dumped again has the same one, so equal fingerprints mean equal tables, rows and counters.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from django.db import connection

from isme.lib.models import StoredFile

GTID = b"/*M!100001 SET @@session.gtid_"
TORN = "truncated in the middle of event"
POSITION = re.compile(rb"MASTER_LOG_FILE='([^']+)', MASTER_LOG_POS=(\d+)")


class BackupFailed(Exception):
    """What went wrong, in words for whoever runs the command."""


@contextmanager
def _login() -> Iterator[str]:
    """Give the --defaults-file option; a password never stands in the list of processes."""
    fields = connection.get_connection_params()
    names = {"user": "user", "password": "password", "host": "host", "port": "port"}
    lines = [f'{name}="{fields[key]}"' for name, key in names.items() if fields.get(key)]
    if fields.get("unix_socket"):
        lines.append(f'socket="{fields["unix_socket"]}"')
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as file:  # mode 0600
        file.write("[client]\n" + "\n".join(line.replace("\\", "\\\\") for line in lines) + "\n")
        file.flush()
        yield f"--defaults-file={file.name}"


def variable(name: str) -> str:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT @@{name}")
        return str(cursor.fetchone()[0])


def is_mysql() -> bool:
    return connection.vendor == "mysql"


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


@contextmanager
def _program(*command: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command``; raise BackupFailed with what it said if it does not end well."""
    if not shutil.which(command[0]):
        raise BackupFailed(f"{command[0]} is not installed (package mariadb-client)")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stderr=said, **streams)
        try:
            yield process
        except BrokenPipeError:
            pass  # it ended early, and said why
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    _close(pipe)
            status = process.wait()
        if status:
            said.seek(0)
            words = said.read(2000).decode(errors="replace").strip()
            raise BackupFailed(f"{command[0]} ended with {status}: {words}")


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


def dump(target: Any, database: str = "") -> tuple[str, dict[str, Any] | None]:
    """Write one consistent moment into ``target``; give its fingerprint and binlog position.

    MariaDB: one transaction, nobody waits for it beyond the instant in which it begins. No
    position without a binary log.
    """
    digest = hashlib.sha256()
    if not is_mysql():
        for line in _sqlite_lines(database or database_name()):
            digest.update(line)
            target.write(line)
        return digest.hexdigest(), None
    options = ["--single-transaction", "--quick", "--routines", "--events", "--hex-blob"]
    if variable("log_bin") == "1" and not database:
        options.append("--master-data=2")
    position = None
    with (
        _login() as login,
        _program(
            "mariadb-dump", login, *options, database or database_name(), stdout=subprocess.PIPE
        ) as process,
    ):
        for line in process.stdout or ():
            if line.startswith(b"--"):
                found = POSITION.search(line)
                if found:
                    position = {"file": found[1].decode(), "position": int(found[2])}
            elif line != b"\n":  # around comments, which come and go with the binary log
                digest.update(line)
            target.write(line)
    return digest.hexdigest(), position


def _sqlite_lines(path: str) -> Iterator[bytes]:
    with (
        tempfile.NamedTemporaryFile(suffix=".sqlite3") as copy,
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(copy.name)) as to,
    ):
        source.backup(to)
        for line in to.iterdump():
            yield line.encode() + b"\n"


def size() -> int:
    """How many bytes the tables take; one query."""
    if not is_mysql():
        return Path(database_name()).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
            " WHERE table_schema = DATABASE()"
        )
        return int(cursor.fetchone()[0])


def folder() -> Path:
    """Where the server keeps its tables; on another machine it need not exist here."""
    return Path(variable("datadir") if is_mysql() else tempfile.gettempdir())


def table_count() -> int:
    with connection.cursor() as cursor:
        return len(connection.introspection.table_names(cursor))


def stored_files(database: str = "") -> list[tuple[int, str]]:
    """Give number and path of each stored file in ``database``, by default that of the settings."""
    table = connection.ops.quote_name(StoredFile._meta.db_table)
    statement = f"SELECT id, path FROM {table}"  # noqa: S608 (no name from outside)
    if database and not is_mysql():
        with closing(sqlite3.connect(database)) as other:
            return other.execute(statement).fetchall()
    if database:
        statement = statement.replace(table, f"{connection.ops.quote_name(database)}.{table}")
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def load(source: Any, database: str = "") -> None:
    """Load a dump into an empty database. MariaDB: not written to the binary log."""
    if not is_mysql():
        with closing(sqlite3.connect(database or database_name())) as to:
            to.executescript(source.read().decode())
        return
    _feed(database or database_name(), lambda stdin: shutil.copyfileobj(source, stdin, 2**20))


def _feed(database: str, fill: Any) -> None:
    quiet = ["--init-command=SET SESSION sql_log_bin=0"] if variable("log_bin") == "1" else []
    with (
        _login() as login,
        _program(
            "mariadb",
            login,
            "--default-character-set=utf8mb4",
            "--binary-mode",
            *quiet,
            database,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        ) as process,
    ):
        fill(process.stdin)


@contextmanager
def scratch() -> Iterator[str]:
    """Give an empty database that is gone afterwards: its name, SQLite: its file."""
    if not is_mysql():
        with tempfile.TemporaryDirectory() as folder:
            yield f"{folder}/drill.sqlite3"
        return
    name = f"{database_name()}_drill"
    with connection.cursor() as cursor:
        if variable("log_bin") == "1":
            cursor.execute("SET SESSION sql_log_bin=0")
        quoted = connection.ops.quote_name(name)
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted}")
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE {quoted}")
            if variable("log_bin") == "1":
                cursor.execute("SET SESSION sql_log_bin=1")


def closed_logs() -> dict[str, int]:
    """End the present binary log; name those that are complete, oldest first, with their bytes."""
    if not is_mysql() or variable("log_bin") != "1":
        raise BackupFailed("The database keeps no binary log.")
    with connection.cursor() as cursor:
        cursor.execute("FLUSH BINARY LOGS")
        cursor.execute("SHOW BINARY LOGS")
        return {str(row[0]): int(row[1]) for row in cursor.fetchall()[:-1]}


def fetch_log(name: str, folder: str) -> tuple[Path, bool]:
    """Copy binary log ``name`` from the server, wherever it runs; tell whether its end is torn.

    A power cut leaves half an event, whose transaction MariaDB rolls back when it starts again.
    """
    options = ["--read-from-remote-server", "--raw", f"--result-file={folder}/", name]
    torn = False
    try:
        with _login() as login, _program("mariadb-binlog", login, *options):
            pass
    except BackupFailed as error:
        torn = TORN in str(error)
        if not torn:
            raise
    return Path(folder) / name, torn


def replay(logs: list[Path], *, start: int, database: str, until: datetime | None) -> None:
    """Repeat what ``logs`` say of ``database``, from ``start`` in the first, before ``until``."""
    here = database_name()
    # The number of a transaction that a power cut tore is given again. The filter looks at the
    # name in the log, before it is rewritten.
    command = ["mariadb-binlog", "--no-defaults", "--skip-gtid-strict-mode"]
    command += [f"--start-position={start}", f"--database={database}"]
    if database != here:
        command.append(f"--rewrite-db={database}->{here}")
    if until:
        command.append(f"--stop-datetime={until.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    with _program(
        *command, *map(str, logs), stdout=subprocess.PIPE, env={**os.environ, "TZ": "UTC"}
    ) as reader:
        lines = cast("IO[bytes]", reader.stdout)
        # A strict server refuses numbers that it gave before, though nothing here is logged.
        _feed(here, lambda stdin: stdin.writelines(x for x in lines if not x.startswith(GTID)))
