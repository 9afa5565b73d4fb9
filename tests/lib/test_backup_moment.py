"""A restore to a moment brings back what was written before it, and nothing after it.

On a MariaDB with a binary log, through the same commands that the guide names. Each statement
carries the time at which it is to have happened (SET TIMESTAMP), so nobody has to wait for it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from isme.lib import backup_logs
from isme.lib.models import Heartbeat
from tests.mariadb import PrivateMariaDB
from tests.processes import on_sqlite

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(on_sqlite, reason="SQLite keeps no binary log"),
]
MOMENT = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker) -> Iterator[PrivateMariaDB]:
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))
    running = PrivateMariaDB(folder)
    with django_db_blocker.unblock():
        running.copy_tables("isme")
    running.run("CREATE DATABASE other; CREATE TABLE other.lib_heartbeat LIKE isme.lib_heartbeat")
    yield running
    running.kill()
    shutil.rmtree(folder)


def write(server: PrivateMariaDB, name: str, seconds: int, database: str = "isme") -> None:
    """Insert a row so many seconds after the moment."""
    server.run(at(seconds) + row(name), database)


def at(seconds: int) -> str:
    return f"SET TIMESTAMP = {MOMENT.timestamp() + seconds};\n"


def row(name: str) -> str:
    return f"INSERT INTO lib_heartbeat (name, seen_at) VALUES ('{name}', UTC_TIMESTAMP(6));\n"


@pytest.fixture(scope="module")
def kept(server: PrivateMariaDB, django_db_blocker) -> Path:
    """A backup, and copied logs of what was written after it, until after the moment."""
    folder = server.folder / "kept"
    with django_db_blocker.unblock(), server.as_default("isme"):
        server.run(row("long before") + row("taken away") + row("of long ago"), "isme")
        call_command("backup", str(folder / "night"))
        write(server, "in the first log", -60)
        call_command("backup", "--logs", str(folder / "logs"))
        write(server, "in the second log", -30)
        server.run(at(-20) + "DELETE FROM lib_heartbeat WHERE name = 'taken away'", "isme")
        server.run(at(-20) + "CREATE TABLE fresh (id int); INSERT INTO fresh VALUES (7)", "isme")
        write(server, "of a stranger", -20, "other")
        write(server, "a second before", -1)
        half = (
            f"START TRANSACTION;\n{at(-1)}{row('begun before')}{at(1)}{row('ended after')}COMMIT"
        )
        server.run(half, "isme")
        write(server, "at the moment", 0)
        server.run(at(2) + "DELETE FROM lib_heartbeat WHERE name = 'of long ago'", "isme")
        call_command("backup", "--logs", str(folder / "logs"))
    return folder


def test_restore_to_a_moment_under_another_or_the_same_name_is_exact(server, kept, settings):
    for name in ("isme_again", "isme"):
        server.run(f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name}")
        settings.VAR = settings.MEDIA_ROOT = server.folder / f"var-{name}"
        with server.as_default(name):
            call_command(
                "restore", str(kept / "night"), logs=kept / "logs", until=MOMENT, verbosity=0
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT name FROM lib_heartbeat WHERE name NOT LIKE 'backup%'")
                found = {row[0] for row in cursor.fetchall()}
                cursor.execute("SELECT id FROM fresh")
                assert cursor.fetchall() == ((7,),), name
        before = {"in the first log", "in the second log", "a second before"}
        assert found == before | {"long before", "of long ago"}, name


def test_moment_before_the_backup_is_refused_and_its_zone_named(server, kept, settings):
    """Else who types the time of another zone gets the night's data, and is told that all is done."""
    server.run("DROP DATABASE IF EXISTS isme_early; CREATE DATABASE isme_early")
    settings.VAR = settings.MEDIA_ROOT = server.folder / "var-early"
    early = MOMENT - timedelta(hours=7)
    with (
        server.as_default("isme_early"),
        pytest.raises(CommandError, match=r"WIB lies before this backup was finished \(.* WIB\)"),
    ):
        call_command("restore", str(kept / "night"), logs=kept / "logs", until=early)
    assert "lib_heartbeat" not in server.said("SHOW TABLES FROM isme_early"), "nothing was begun"


@pytest.fixture
def logs(server, kept, tmp_path) -> Iterator[Path]:
    """A folder that holds every log but the present one."""
    with server.as_default("isme"):
        call_command("backup", "--logs", str(tmp_path / "logs"))
        yield tmp_path / "logs"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_copying_takes_only_what_is_new_and_nothing_that_was_deleted_as_old(logs):
    first, second, *rest = names(logs)
    for old in (first, second):
        (logs / old).unlink()
    stamps = {name: (logs / name).stat().st_mtime_ns for name in rest}

    [fresh] = backup_logs.copy(logs)

    assert names(logs) == [*rest, f"{fresh}.sealed"]
    assert stamps == {name: (logs / name).stat().st_mtime_ns for name in rest}


def test_logs_of_a_server_that_counts_from_one_again_are_not_taken_for_those_of_the_old(
    server, logs
):
    """Else nothing is copied from then on, and nobody hears of it."""
    server.run("RESET MASTER; FLUSH BINARY LOGS")
    with pytest.raises(CommandError, match=r"is of another server .* move .*logs away"):
        call_command("backup", "--logs", str(logs))


def test_log_that_a_power_cut_tore_is_copied_to_its_last_whole_event_and_the_next_too(
    server, logs, settings
):
    call_command("backup", str(logs.parent / "night"))
    server.run(row("whole") + row("half on the disk"), "isme")
    server.kill()
    torn = max((server.folder / "data").glob("isme-bin.0*"))
    with torn.open("r+b") as file:
        file.truncate(torn.stat().st_size - 10)
    server.start()
    connection.close()
    server.run(row("the day after"), "isme")

    assert len(backup_logs.copy(logs)) >= 2
    assert len(backup_logs.copy(logs)) == 1  # the torn one's size is not held against it

    server.run("CREATE DATABASE isme_healed")
    settings.VAR = settings.MEDIA_ROOT = server.folder / "var-healed"
    with server.as_default("isme_healed"):
        call_command("restore", str(logs.parent / "night"), logs=logs, verbosity=0)
        found = set(Heartbeat.objects.values_list("name", flat=True))
    assert found >= {"whole", "the day after"}
    assert "half on the disk" not in found
