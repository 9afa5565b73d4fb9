"""What every test stands on: clean Redis servers, and people who are signed in."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from accounts.choices import IdentifierKind, Role
from accounts.models import Identifier, User
from accounts.services.sign_in import Visit, sign_in
from accounts.session import writer
from isme.lib import fence, outage
from isme.lib.redis import durable, evictable
from tests.processes import PASSWORD

VISIT = Visit(device="Firefox, Linux", place="other")


@pytest.fixture(scope="session", autouse=True)
def _own_redis_databases() -> None:
    """Give each parallel process a Redis database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    number = int(worker.removeprefix("gw")) + 1
    for alias in ("default", "durable"):
        pool = settings.CACHES[alias]["OPTIONS"]["CONNECTION_POOL_KWARGS"]
        pool["db"] = number


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
