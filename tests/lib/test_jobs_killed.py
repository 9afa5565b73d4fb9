"""Real workers that are killed for real. The worker imports this file for its handlers."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from kombu import pools

from isme.lib import jobs
from isme.lib.models import IdempotencyKey, Job
from isme.lib.models.job import JobState
from isme.lib.redis import durable
from tests.processes import PrivateRedis, database_url, real_processes, until

QUEUE = "tests"
LEAST_SHARED = 100_000  # objects; all that Django and the apps have loaded
pytestmark = real_processes


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
    Path(folder, "frozen").write_text(str(gc.get_freeze_count()))
    draft = Path(folder, "draft")
    draft.write_text(str(os.getpid()))
    draft.rename(Path(folder, "pid"))
    signal.pause()


@jobs.job("tests.poison", queue=QUEUE, lease_seconds=1)
def poison() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Background:
    """A Redis and a worker of the test's own."""

    queue = QUEUE
    handlers = __name__  # the module that the worker imports

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.redis = PrivateRedis(folder, "durable")
        self.url = url or self.redis.url
        self.worker: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> None:
        command = f"celery --app isme worker --pool prefork --concurrency 1 --queues {self.queue}"
        options = f"--include {self.handlers} --without-gossip --without-mingle"
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", *command.split(), *options.split()],
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    "DATABASE_URL": database_url(),
                    "REDIS_DURABLE_URL": self.url,
                    "TEST_FOLDER": str(self.folder),
                    "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

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


def started(kind: type[Background], monkeypatch) -> Iterator[Background]:
    """Yield a running ``kind`` whose bell rings here too; take it down after."""
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))  # a socket's path must be short
    running = kind(folder)
    running.redis.start()
    bell = pools.producers[
        current_app.connection_for_write(
            f"redis+socket://{running.redis.socket}", transport_options={"max_retries": 0}
        )
    ]
    monkeypatch.setattr("isme.lib.bell._producers", lambda: bell)
    durable.breaker.reset()
    running.start_worker()
    yield running
    running.kill_worker()
    running.redis.kill()
    bell.force_close_all()
    durable.breaker.reset()
    shutil.rmtree(folder)


@pytest.fixture
def background(monkeypatch):
    yield from started(Background, monkeypatch)


def ask(background: Background, wait: str) -> Job:
    return jobs.enqueue("tests.killed", key="k", folder=str(background.folder), wait=wait)


def assert_one_effect(row: Job) -> None:
    assert row.attempts == 2
    assert IdempotencyKey.objects.filter(actor_id=0, key="k").count() == 1


@pytest.mark.parametrize("wait", ["before", "after"])
def test_job_is_done_once_though_its_child_is_killed(background, wait):
    row = ask(background, wait)
    child = background.wait_for_child()
    shared = int((background.folder / "frozen").read_text())
    assert shared > LEAST_SHARED, (
        "its search for garbage would copy what it shares with its worker"
    )
    os.kill(child, signal.SIGKILL)

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
    background.redis.kill()
    os.kill(child, signal.SIGKILL)
    background.redis.start()

    assert_one_effect(background.finish(row))


def test_job_that_kills_every_worker_is_dead_after_three(background):
    row = jobs.enqueue("tests.poison", key="p")

    assert background.finish(row, JobState.DEAD).attempts == 3
