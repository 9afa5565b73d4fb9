"""What every test stands on: clean Redis servers, and people who are signed in."""

import gc
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import connections
from django.test import Client, TransactionTestCase
from django.utils import translation

from accounts.choices import IdentifierKind, Role
from accounts.models import Identifier, User
from accounts.services.sign_in import Visit, sign_in
from accounts.session import writer
from isme.lib import fence, outage
from isme.lib.redis import durable, evictable
from tests.buckets import bucket, dead_store, mortal, shared_store  # noqa: F401 (fixtures)
from tests.processes import PASSWORD

VISIT = Visit(device="Firefox, Linux", place="other")


LONG = os.environ.get("ISME_TEST_ALL") == "1"
# Where one test may take a minute: begun last, it would be waited for by all other processes.
LONGEST = ("tests/e2e/", "tests/commands/", "tests/deploy/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, and leave out what takes minutes, but with --all.

    What is asked for so may take the time that it takes.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    for item in items:
        if item.get_closest_marker("slow"):
            unhurried = pytest.mark.timeout(3600)
            item.add_marker(unhurried if LONG else pytest.mark.skip("takes long: only with --all"))


def pytest_collection_finish() -> None:
    """Never look through modules and tests for garbage: they stay, and are a million objects.

    With Python's own thresholds an eighth of the CPU of a run went into that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.fixture(scope="session", autouse=True)
def _own_redis_databases() -> None:
    """Give each parallel process a Redis database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = int(worker.removeprefix("gw")) + 1
    for alias in ("default", "durable"):
        pool = settings.CACHES[alias]["OPTIONS"]["CONNECTION_POOL_KWARGS"]
        pool["db"] = number


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> Iterator[bool]:
    """Begin with a copy of the tables that script/test has migrated once, when there is one.

    Migrating takes 12 s in each process, loading the same tables 0.2 s.
    """
    tables = os.environ.get("ISME_TEST_TABLES", "")
    connection = connections["default"]
    name = connection.creation._get_test_db_name()
    if tables.endswith(".sql") and connection.vendor == "mysql":
        options = connection.settings_dict["OPTIONS"]
        client = ["mariadb", "--no-defaults", "--user=root", f"--socket={options['unix_socket']}"]
        subprocess.run([*client, f"--execute=CREATE DATABASE {name}"], check=True)
        with Path(tables).open("rb") as dump:
            subprocess.run([*client, name], stdin=dump, check=True)
        yield True
    elif tables.endswith(".sqlite3") and connection.vendor == "sqlite":
        # What lies in memory lives as long as somebody has it open.
        with closing(sqlite3.connect(name, uri=True)) as own:
            with closing(sqlite3.connect(tables)) as made:
                made.backup(own)
            yield True
    else:
        yield False


# What migrating leaves behind, the same for every test.
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def _content_types_stay() -> Iterator[None]:
    """After a test that commits, empty the tables, but for those that would only be filled anew.

    Django's own flush makes all content types and permissions again after each such test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)
        yield


def _empty_tables(case: TransactionTestCase) -> None:
    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        names = set(connection.introspection.django_table_names(include_views=False))
        sql = connection.ops.sql_flush(no_style(), sorted(names - KEPT_TABLES))
        connection.ops.execute_sql_flush(sql)


@pytest.fixture(autouse=True)
def clean_services() -> Iterator[None]:
    """Start each test with empty caches, closed breakers, no fence, and in the default language.

    A request of a test leaves its language active in the thread: the next test would read
    another language, depending on the order.
    """
    translation.deactivate()
    for role in (evictable, durable):
        role.breaker.reset()
        role.client.flushdb()
    outage.database_breaker.reset()
    shutil.rmtree(settings.VAR, ignore_errors=True)
    fence.prepare()
    yield
    for role in (evictable, durable):
        role.breaker.reset()


def make_user(username: str = "nadia", role: str = Role.STUDENT, **fields: object) -> User:
    user = User(username=username, name="Nadia Pratama", role=role, **fields)
    user.set_password(PASSWORD)
    user.save()
    Identifier.objects.create(user=user, kind=IdentifierKind.USERNAME, value=username)
    return user


@pytest.fixture
def user(db: None) -> User:
    return make_user()


def enter(client: Client, user: User) -> Client:
    """Sign ``user`` in through the service and give ``client`` the cookie."""
    cookie = sign_in(login=user.username, password=PASSWORD, remember=False, visit=VISIT)
    # A test's own transaction never commits, and only a commit takes the tombstone away.
    writer.unbury(user.pk)
    client.cookies[settings.SID_COOKIE_NAME] = str(cookie)
    return client


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    return enter(client, user)
