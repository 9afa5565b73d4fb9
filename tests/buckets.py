"""A real S3-compatible server for tests: moto's, in a process that can be frozen and killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import override_settings

from isme.lib import outage
from isme.storage_url import Bucket
from tests.processes import free_port, until

NAME = "isme-files"


class Store:
    """The server, and what lies in its one bucket."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "moto.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        place = self.place
        account = f"{place.key}:{quote(place.secret, safe='')}"
        return f"s3://{account}@{place.name}/{place.prefix}?endpoint={place.endpoint}"

    @property
    def place(self) -> Bucket:
        endpoint = f"http://127.0.0.1:{self.port}"
        return Bucket("tester", "se/cret", NAME, prefix="in/here", endpoint=endpoint)

    def start(self) -> "Store":
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._answers, "moto's server", log=self.log)
        return self

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Put an empty bucket in the place of the folder."""
        with self.named():
            default_storage.connection.Bucket(NAME).create()
            yield

    @contextmanager
    def named(self) -> Iterator[None]:
        """As if STORAGE_URL named it, seen by a process that just started."""
        outage.store_breaker.reset()
        with override_settings(STORAGES={**settings.STORAGES, "default": self.place.entry}):
            yield
        outage.store_breaker.reset()

    @property
    def keys(self) -> list[str]:
        return sorted(one.key for one in default_storage.connection.Bucket(NAME).objects.all())

    def empty(self) -> None:
        bucket = default_storage.connection.Bucket(NAME)
        bucket.objects.all().delete()
        bucket.delete()


@pytest.fixture(scope="session")
def shared_store(tmp_path_factory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("moto")).start()
    yield store
    store.kill()


@pytest.fixture
def bucket(shared_store) -> Iterator[Store]:
    """An empty bucket in the place of the folder."""
    with shared_store.in_use():
        yield shared_store
        shared_store.empty()


@pytest.fixture
def mortal(tmp_path) -> Iterator[Store]:
    """The same in a server of the test's own, to freeze and to kill."""
    store = Store(tmp_path).start()
    with store.in_use():
        yield store
        store.kill()


@pytest.fixture
def dead_store(tmp_path) -> Iterator[None]:
    """Nobody listens where the bucket should be."""
    with Store(tmp_path).named():
        yield
