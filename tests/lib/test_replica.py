"""What may come late is read from a replica, and nobody misses what they wrote themselves.

On two MariaDB, of which one follows the other an hour late: what is found at once was asked of
the primary, what is missing was asked of the replica.
"""

import io
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.mysql.base import DatabaseWrapper
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver

from academics.models import Room
from accounts.models import User
from isme import databases
from isme.lib import health, replica
from isme.lib.within import within
from tests.conftest import enter, make_user
from tests.factories.academics import ClassFactory, RoomFactory
from tests.mariadb import PrivateMariaDB
from tests.processes import free_port, on_sqlite, until

two_servers = pytest.mark.skipif(on_sqlite, reason="SQLite has no replicas")
pytestmark = pytest.mark.django_db
FOLLOW = (
    "STOP SLAVE; CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={port},"
    " MASTER_USER='copy', MASTER_PASSWORD='copy', MASTER_USE_GTID=slave_pos,"
    " MASTER_DELAY={delay}; START SLAVE;"
)
# As the guide has it.
READER = (
    "CREATE USER isme_read@localhost; GRANT SELECT ON isme.* TO isme_read@localhost;"
    " GRANT SLAVE MONITOR ON *.* TO isme_read@localhost"
)
HOUR = 3600
_numbers = itertools.count()


class Allowed(DatabaseWrapper):
    """A connection that Django's tests don't forbid: they know of no second database."""

    def ensure_connection(self) -> None:
        if self.connection is None:
            with self.wrap_database_errors:
                self.connect()


class Pair:
    """A primary and its replica."""

    def __init__(self, folder: Path) -> None:
        for name in ("one", "two"):
            (folder / name).mkdir()
        self.primary = PrivateMariaDB(folder / "one", port=free_port())
        self.primary.run(
            "CREATE USER copy@'%' IDENTIFIED BY 'copy'; GRANT REPLICATION SLAVE ON *.* TO copy@'%'"
        )
        self.primary.copy_tables("isme")
        self.primary.run(READER)
        self.replica = PrivateMariaDB(folder / "two", number=2)

    def follow(self, *, delay: int) -> None:
        self.replica.run(FOLLOW.format(port=self.primary.port, delay=delay))

    def catch_up(self) -> None:
        """Until the replica has all that was written, then an hour late from there on."""
        self.follow(delay=0)
        there = self.primary.said("SELECT @@gtid_binlog_pos")
        waited = self.replica.said(f"SELECT MASTER_GTID_WAIT('{there}', 30)")
        status = self.replica.said("SHOW SLAVE STATUS")
        assert waited == "0", f"the replica did not come to {there}: {status}"
        self.follow(delay=HOUR)


@pytest.fixture(scope="module")
def pair(django_db_setup: None, django_db_blocker) -> Iterator[Pair]:
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))
    with django_db_blocker.unblock():
        made = Pair(folder)
    yield made
    made.primary.kill()
    made.replica.kill()
    shutil.rmtree(folder)


@pytest.fixture
def faculty(pair: Pair) -> Iterator[Pair]:
    """The application with both; each test begins with a replica that has all, and stays there."""
    options = connections["default"].settings_dict
    url = f"mysql://isme_read@localhost/isme?unix_socket={pair.replica.socket}"
    connections.settings["replica"] = options | databases.replica(url, is_web=True)
    connections["replica"] = Allowed(connections.settings["replica"], "replica")
    forget()
    more = {
        "MIDDLEWARE": [*settings.MIDDLEWARE, "isme.lib.replica.ReplicaMiddleware"],
        "DATABASE_ROUTERS": ["isme.lib.replica.Router"],
    }
    with pair.primary.as_default("isme"), override_settings(**more):
        pair.catch_up()
        yield pair
        connections["replica"].close()
    del connections["replica"], connections.settings["replica"]
    forget()


def forget() -> None:
    replica.breaker.reset()
    replica._Look.until = 0.0


def finds(client: Client, room: Room) -> bool:
    response = client.get("/search/", {"q": room.code})
    assert response.status_code == 200
    return room.name in response.text


def office() -> Client:
    number = next(_numbers)
    return enter(Client(), make_user(f"office{number}", "office"))


@two_servers
def test_who_wrote_finds_it_at_once_and_others_as_soon_as_it_arrives(faculty: Pair):
    """Else somebody makes a room, doesn't find it, and makes it again."""
    writer, other = office(), office()
    room = RoomFactory()
    assert not finds(other, room), "the search asked the replica"
    writer.post("/accounts/language/", {"language": "id"})
    assert finds(writer, room), "whoever wrote is kept with the primary"
    assert writer.cookies[settings.PINNED_COOKIE_NAME]["max-age"] == replica.PINNED_SECONDS
    assert not finds(other, room)
    faculty.catch_up()
    assert finds(other, room)
    del writer.cookies[settings.PINNED_COOKIE_NAME]
    later = RoomFactory()
    assert not finds(writer, later), "ten seconds later they read as all others do"


@two_servers
def test_replica_that_is_far_behind_is_asked_nothing(faculty: Pair, monkeypatch):
    """Else an evening's reports are those of the morning."""
    client, room = office(), RoomFactory()
    monkeypatch.setattr(replica, "MOST_LAG_SECONDS", -1)
    assert finds(client, room)
    [check] = health.check_replica()
    assert not check.ok
    assert check.text.endswith("s behind")


@two_servers
def test_replica_that_stopped_following_is_asked_nothing(faculty: Pair):
    client, room = office(), RoomFactory()
    faculty.replica.run("STOP SLAVE")
    assert finds(client, room)
    assert [check.ok for check in health.check_replica()] == [False]


@two_servers
def test_what_was_read_late_is_written_to_the_primary(faculty: Pair):
    room = RoomFactory()
    faculty.catch_up()
    with within(replica._may_lag):
        read = replica.late(Room.objects.filter(pk=room.pk)).get()
    read.name = "Ruang baru"
    read.save()
    assert Room.objects.get(pk=room.pk).name == "Ruang baru"
    assert Room.objects.using("replica").get(pk=room.pk).name == room.name


@two_servers
def test_report_s_file_is_read_from_the_primary(faculty: Pair):
    """It is read while it is sent: a replica that dies then would leave a torn file."""
    client, made = office(), ClassFactory(name="Kelas baru")
    address = "/reports/classes/?term=all"
    assert made.name not in client.get(address).text, "the page asked the replica"
    sheet = client.get(f"{address}&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == [made.name]


@two_servers
def test_death_of_the_replica_costs_nobody_a_page(faculty: Pair):
    """Killed between the look at it and the page: the page is made by the primary.

    The last one with both: a killed replica that keeps nothing safe may have lost its place.
    """
    client, room = office(), RoomFactory()
    assert not finds(client, room)
    faculty.replica.kill()
    assert finds(client, room)
    assert replica.breaker.is_open, "the next page doesn't try it"
    assert [check.ok for check in health.check_replica()] == [False]
    faculty.replica.start()
    forget()
    until(lambda: replica.lag_seconds() is not None, "the replica follows again")
    assert not finds(client, room), "it is asked again"


def views(resolver: URLResolver) -> Iterator[Callable[..., object]]:
    for one in resolver.url_patterns:
        yield from views(one) if isinstance(one, URLResolver) else [one.callback]


def test_few_views_may_lag():
    """Else a page of rights or of marks, or one that writes what it read, comes to it unseen."""
    found = {view.__name__ for view in views(get_resolver()) if hasattr(view, "may_lag")}
    assert found == {"course_activity", "audit_trail", "people", "report", "search"}


def test_outside_of_such_a_view_nothing_is_late(db):
    """Jobs and commands write what they read."""
    assert replica.late(User.objects.all()).db == "default"


def test_replica_is_given_up_soon_and_opens_no_breaker_of_the_primary():
    found = databases.replica("mysql://a:b@db/isme", is_web=True)
    assert found["ENGINE"] == "django.db.backends.mysql"
    assert found["OPTIONS"]["read_timeout"] == databases.REPLICA_SECONDS == 2
