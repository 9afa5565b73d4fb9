"""Real workers that are killed for real. The worker imports this file for its handlers."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from kombu import pools

from isme.lib import jobs
from isme.lib.models import IdempotencyKey, Job
from isme.lib.models.job import JobState
from isme.lib.redis import durable

QUEUE = "tests"
PATIENCE_SECONDS = 45
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="needs a database of its own"),
    pytest.mark.skipif(REDIS is None, reason="needs a Redis of its own"),
]


@jobs.job("tests.killed", queue=QUEUE, lease_seconds=4)
def effect_with_a_wait(*, folder: str, wait: str) -> None:
    """Wait on the first attempt, before or after the effect, until somebody kills us."""
    first = not Path(folder, "pid").exists()
    if first and wait == "before":
        _wait_for_the_end(folder)
    IdempotencyKey.objects.get_or_create(actor_id=0, key="k")
    if first and wait == "after":
        _wait_for_the_end(folder)


def _wait_for_the_end(folder: str) -> None:
    draft = Path(folder, "draft")
    draft.write_text(str(os.getpid()))
    draft.rename(Path(folder, "pid"))
    signal.pause()


@jobs.job("tests.poison", queue=QUEUE, lease_seconds=1)
def poison() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def database_url() -> str:
    """Return the address of the test database, for another process."""
    given = connection.settings_dict
    user = f"{given['USER']}:{quote(given['PASSWORD'])}@" if given["USER"] else ""
    host = given["HOST"] or "localhost"
    if host.startswith("/"):
        host = quote(host, safe="")
    port = f":{given['PORT']}" if given["PORT"] else ""
    socket = given["OPTIONS"].get("unix_socket")
    return f"mysql://{user}{host}{port}/{given['NAME']}" + (
        f"?unix_socket={socket}" if socket else ""
    )


class Background:
    """A Redis and a worker of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.redis: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None

    def start_redis(self) -> None:
        options = {"port": "0", "unixsocket": str(self.socket), "save": "", "dir": self.folder}
        options["maxmemory-policy"] = "noeviction"
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.redis = subprocess.Popen([REDIS, *words], stdout=subprocess.DEVNULL)
        until(self.socket.exists)

    def start_worker(self) -> None:
        command = "celery --app isme worker --pool prefork --concurrency 1 --queues tests"
        options = "--include tests.lib.test_jobs_killed --without-gossip --without-mingle"
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", *command.split(), *options.split()],
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    "DATABASE_URL": database_url(),
                    "REDIS_DURABLE_URL": f"unix://{self.socket}",
                    "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill_redis(self) -> None:
        self.redis.kill()
        self.redis.wait()
        self.socket.unlink(missing_ok=True)

    def kill_worker(self) -> None:
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()

    def wait_for_child(self) -> int:
        """Return the pid of the process that has the job and waits."""
        mark = self.folder / "pid"
        until(mark.exists, log=self.folder / "worker.log")
        return int(mark.read_text())

    def finish(self, row: Job, state: str = JobState.DONE) -> Job:
        """Sweep and restart, as beat and supervisor would, until the job has ended."""

        def ended() -> bool:
            if self.worker.poll() is not None:  # kombu may die of a lost Redis (F8)
                self.start_worker()
            jobs.sweep()
            row.refresh_from_db()
            return row.finished_at is not None

        until(ended, log=self.folder / "worker.log")
        assert row.state == state
        return row


def until(condition, *, log: Path | None = None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(log.read_text() if log else "waited in vain")
        time.sleep(0.05)


@pytest.fixture
def background(monkeypatch):
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))  # a socket's path must be short
    running = Background(folder)
    running.start_redis()
    bell = pools.producers[
        current_app.connection_for_write(
            f"redis+socket://{running.socket}", transport_options={"max_retries": 0}
        )
    ]
    monkeypatch.setattr("isme.lib.bell._producers", lambda: bell)
    durable.breaker.reset()
    running.start_worker()
    yield running
    running.kill_worker()
    running.kill_redis()
    bell.force_close_all()
    durable.breaker.reset()
    shutil.rmtree(folder)


def ask(background: Background, wait: str) -> Job:
    return jobs.enqueue("tests.killed", key="k", folder=str(background.folder), wait=wait)


def assert_one_effect(row: Job) -> None:
    assert row.attempts == 2
    assert IdempotencyKey.objects.filter(actor_id=0, key="k").count() == 1


@pytest.mark.parametrize("wait", ["before", "after"])
def test_job_is_done_once_though_its_child_is_killed(background, wait):
    row = ask(background, wait)
    os.kill(background.wait_for_child(), signal.SIGKILL)

    assert_one_effect(background.finish(row))


def test_job_is_done_once_though_the_worker_is_killed(background):
    row = ask(background, "after")
    background.wait_for_child()
    background.kill_worker()
    background.start_worker()

    assert_one_effect(background.finish(row))


def test_job_is_done_once_though_redis_and_the_bell_in_it_are_lost(background):
    row = ask(background, "after")
    child = background.wait_for_child()
    background.kill_redis()
    os.kill(child, signal.SIGKILL)
    background.start_redis()

    assert_one_effect(background.finish(row))


def test_job_that_kills_every_worker_is_dead_after_three(background):
    row = jobs.enqueue("tests.poison", key="p")

    assert background.finish(row, JobState.DEAD).attempts == 3
