"""Nothing lost and nothing doubled, though worker, child, broker and connections are killed."""

import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone
from kombu import pools
from redis.exceptions import RedisError

from accounts.choices import IdentifierKind
from accounts.models import Identifier, User
from isme.lib import jobs
from isme.lib.models import Job
from isme.lib.redis import durable
from isme.lib.transactions import retry_atomic
from notifications import audiences
from notifications.choices import Channel, DeliveryState
from notifications.models import Delivery, Notice, Notification
from notifications.services import fan_out
from notifications.services.notify import TELL, notify
from notifications.services.planning import SEND
from tests.lib.test_jobs_killed import Background
from tests.notifications.cast import crowd
from tests.processes import real_processes

pytestmark = real_processes
LONG = bool(os.environ.get("ISME_TEST_ALL"))
PEOPLE = 10_000 if LONG else 300
PATIENCE_SECONDS = 1200 if LONG else 240
GONE = 1094  # MariaDB: no connection of that number


class Tellers(Background):
    queue = "critical,bulk"
    handlers = "tests.notifications.ledger"

    def waiting(self, queue: str) -> int:
        """What the sweep asks, of this broker: else it rings on until the Redis is full."""
        try:
            return int(self.redis.client.llen(queue))
        except RedisError:
            return 0

    def keep_alive(self) -> None:
        """What the supervisor does."""
        if self.worker is None or self.worker.poll() is not None:
            self.start_worker()


@pytest.fixture
def tellers(monkeypatch):
    from tests.notifications import ledger

    known = {name: jobs.kind_named(name) for name in (TELL, SEND)}
    monkeypatch.setattr(fan_out, "BATCH", ledger.BATCH)
    for name, kind in known.items():
        short = replace(kind, lease_seconds=ledger.LEASE_SECONDS)
        monkeypatch.setitem(jobs._kinds, name, short)
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))  # a socket's path must be short
    monkeypatch.setenv(ledger.LEDGER, str(folder / "mail"))
    running = Tellers(folder)
    running.redis.start()
    bell = pools.producers[
        current_app.connection_for_write(
            f"redis+socket://{running.redis.socket}", transport_options={"max_retries": 0}
        )
    ]
    monkeypatch.setattr("isme.lib.bell._producers", lambda: bell)
    monkeypatch.setattr(jobs, "waiting", running.waiting)
    durable.breaker.reset()
    running.start_worker()
    yield running
    running.kill_worker()
    running.redis.kill()
    bell.force_close_all()
    durable.breaker.reset()
    shutil.rmtree(folder)


def with_mail(people: list[User]) -> None:
    now = timezone.now()
    for person in people:
        person.proved_email = f"{person.username}@isme.example"
        person.email_proved_at = now
    User.objects.bulk_update(people, ["proved_email", "email_proved_at"], batch_size=1000)
    Identifier.objects.bulk_create(
        Identifier(user=person, kind=IdentifierKind.EMAIL, value=person.proved_email)
        for person in people
    )


def kill_child(tellers: Tellers) -> None:
    for child in psutil.Process(tellers.worker.pid).children():
        child.send_signal(signal.SIGKILL)


def kill_worker(tellers: Tellers) -> None:
    tellers.kill_worker()


def kill_broker(tellers: Tellers) -> None:
    tellers.redis.kill()
    tellers.redis.start()


def kill_connections(tellers: Tellers) -> None:
    """What a database that is restarted does to its clients."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist"
            " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
        )
        for (number,) in cursor.fetchall():
            try:
                cursor.execute(f"KILL {number}")
            except OperationalError as error:
                if error.args[0] != GONE:  # it ended by itself meanwhile
                    raise


KILLS = [kill_child, kill_worker, kill_broker, kill_connections]


def test_everybody_is_told_once_by_each_way_though_all_is_killed(tellers):
    people = crowd(PEOPLE)
    with_mail(people)
    everybody = audiences.role("student")
    notice = notify("tests.ledger", recipients=everybody, about="", by=None)
    kills = KILLS * (5 if LONG else 1)
    deadline = time.monotonic() + PATIENCE_SECONDS
    told_at_last_kill = -1
    while not over(notice):
        if time.monotonic() > deadline:
            log = (tellers.folder / "worker.log").read_text()
            pytest.fail(f"{notice.told} told, {Counter(states())}\n{log[-4000:]}")
        tellers.keep_alive()
        # A kill falls into work: only when something happened since the last one.
        if kills and done_so_far(notice) > told_at_last_kill:
            told_at_last_kill = done_so_far(notice)
            kills.pop(0)(tellers)
        as_beat_does(notice)
        time.sleep(0.3)

    assert kills == []
    told = list(Notification.objects.order_by("person_id").values_list("person_id", flat=True))
    assert told == [person.pk for person in people]
    assert (notice.told, notice.expected) == (PEOPLE, PEOPLE)
    assert Delivery.objects.count() == PEOPLE
    assert Counter(states()) == {DeliveryState.SENT.value: PEOPLE}
    assert not Job.objects.exclude(state="done").exists()
    mails = message_ids(tellers.folder / "mail")
    assert len(set(mails)) == PEOPLE
    # Killed between sending and noting: the copy has the same Message-ID, and is rare.
    assert len(mails) - PEOPLE <= len(KILLS) * (5 if LONG else 1)


def over(notice: Notice) -> bool:
    notice.refresh_from_db()
    waiting = Delivery.objects.exclude(state=DeliveryState.SENT)
    return bool(notice.told_at) and not waiting.exists() and not _unfinished().exists()


def _unfinished():
    return Job.objects.filter(state__in=["pending", "running"])


def done_so_far(notice: Notice) -> int:
    return notice.told + Delivery.objects.filter(state=DeliveryState.SENT).count()


@retry_atomic
def _set(rows: QuerySet, **values: object) -> None:
    """Ours to try again: the workers hold many of these rows."""
    rows.update(**values)


def as_beat_does(notice: Notice) -> None:
    """Sweep; a minute's look for what is due; time goes faster for what waits for another try."""
    now = timezone.now()
    _set(Job.objects.filter(state="dead"), state="pending", attempts=0, finished_at=None)
    _set(Job.objects.filter(state="pending", due_at__gt=now), due_at=now)
    _set(Job.objects.filter(state="pending"), created_at=now - jobs.timedelta(minutes=1))
    _set(Delivery.objects.filter(state=DeliveryState.PENDING), due_at=now)
    soon = now + jobs.timedelta(seconds=50)
    sending = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=soon)
    _set(sending, lease_until=now - jobs.timedelta(seconds=1))
    waiting = Delivery.objects.exclude(state=DeliveryState.SENT)
    if notice.told_at and waiting.exists() and not _unfinished().exists():
        jobs.enqueue(SEND, key=f"beat:{time.monotonic()}", channel=Channel.EMAIL.value)
    jobs.sweep()


def states() -> list[str]:
    return list(Delivery.objects.values_list("state", flat=True))


def message_ids(folder: Path) -> list[str]:
    lines = (line for path in folder.iterdir() for line in path.read_text().splitlines())
    return [line for line in lines if line.startswith("Message-ID:")]
