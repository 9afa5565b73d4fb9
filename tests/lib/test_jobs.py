import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from kombu import pools

from isme.lib import jobs, tasks
from isme.lib.bell import ring
from isme.lib.models import IdempotencyKey, Job
from isme.lib.models.job import JobState
from isme.lib.redis import durable

pytestmark = pytest.mark.django_db
SENT: list[str] = []


@jobs.job("tests.note", lease_seconds=30)
def note(*, text: str) -> None:
    SENT.append(text)


@jobs.job("tests.break", queue="bulk")
def break_down(*, text: str) -> None:
    raise ZeroDivisionError(text)


@pytest.fixture(autouse=True)
def bells(monkeypatch):
    """Every ring as (job, queue), instead of a message."""
    SENT.clear()
    rung: list[tuple[int, str]] = []

    def heard(pk, queue, *, seconds):
        rung.append((pk, queue))
        return True

    monkeypatch.setattr(jobs, "ring", heard)
    monkeypatch.setattr(jobs, "waiting", lambda _queue: 0)
    return rung


def age(row: Job, **times: object) -> None:
    Job.objects.filter(pk=row.pk).update(**times)


def seconds_ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


# --- Asking ------------------------------------------------------------------------------------


def test_enqueue_twice_is_one_job_and_one_ring(bells, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = jobs.enqueue("tests.note", key="a", text="one")
        second = jobs.enqueue("tests.note", key="a", text="two")

    assert first == second
    assert Job.objects.get().payload == {"text": "one"}
    assert bells == [(first.pk, "critical")]


def test_enqueue_rolled_back_leaves_no_job_and_no_ring(bells, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.enqueue("tests.note", key="a", text="one")
        transaction.set_rollback(True)

    assert not Job.objects.exists()
    assert bells == []


def test_enqueue_for_later_rings_only_when_due(bells, django_capture_on_commit_callbacks):
    later = timezone.now() + timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        row = jobs.enqueue("tests.note", key="a", due_at=later, text="one")
    age(row, created_at=seconds_ago(60))
    assert jobs.claim(row.pk) is None
    jobs.sweep()
    assert bells == []

    age(row, due_at=seconds_ago(0))
    jobs.sweep()
    assert bells == [(row.pk, "critical")]


def test_enqueue_of_an_unknown_kind_is_an_error_at_once():
    with pytest.raises(jobs.UnknownKind):
        jobs.enqueue("tests.nothing", key="a")


def test_job_lease_must_fit_the_broker():
    with pytest.raises(ValueError, match="lease"):
        jobs.job("tests.long", lease_seconds=301)


# --- Doing -------------------------------------------------------------------------------------


def test_run_does_the_job_once():
    row = jobs.enqueue("tests.note", key="a", text="one")

    assert jobs.run(row.pk)
    assert not jobs.run(row.pk)

    row.refresh_from_db()
    assert SENT == ["one"]
    assert (row.state, row.attempts, row.lease_until) == (JobState.DONE, 1, None)


def test_run_of_a_job_that_is_gone_is_harmless():
    assert not jobs.run(0)


def test_claim_by_two_is_one():
    row = jobs.enqueue("tests.note", key="a", text="one")

    assert jobs.claim(row.pk) is not None
    assert jobs.claim(row.pk) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer")
def test_claim_by_many_at_once_is_one():
    row = jobs.enqueue("tests.note", key="a", text="one")
    barrier = threading.Barrier(6)
    won = []

    def rival():
        try:
            barrier.wait()
            if jobs.claim(row.pk) is not None:
                won.append(1)
        finally:
            connection.close()

    rivals = [threading.Thread(target=rival) for _ in range(6)]
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join()

    assert won == [1]


def test_failing_job_pauses_longer_each_time_and_dies_after_three():
    row = jobs.enqueue("tests.break", key="a", text="why")
    pauses = []
    for _attempt in range(2):
        before = timezone.now()
        assert not jobs.run(row.pk)
        row.refresh_from_db()
        assert (row.state, row.lease_token) == (JobState.PENDING, "")
        assert not jobs.run(row.pk), "not yet due"
        pauses.append(round((row.due_at - before).total_seconds()))
        age(row, due_at=before)
    jobs.run(row.pk)

    row.refresh_from_db()
    assert pauses == [10, 60]
    assert (row.state, row.attempts) == (JobState.DEAD, 3)
    assert row.last_error.strip().endswith("ZeroDivisionError: why")


def test_job_of_an_unknown_kind_keeps_the_error():
    row = Job.objects.create(kind="tests.gone", key="a", due_at=timezone.now())

    assert not jobs.run(row.pk)

    row.refresh_from_db()
    assert "No handler" in row.last_error


def test_job_whose_lease_ran_out_is_claimed_again():
    row = jobs.enqueue("tests.note", key="a", text="one")
    assert jobs.claim(row.pk) is not None
    age(row, lease_until=seconds_ago(1))

    again = jobs.claim(row.pk)

    assert again is not None
    assert again.attempts == 2


def test_job_whose_worker_died_three_times_is_dead():
    row = jobs.enqueue("tests.note", key="a", text="one")
    for _attempt in range(3):
        assert jobs.claim(row.pk) is not None
        age(row, lease_until=seconds_ago(1))

    assert jobs.claim(row.pk) is None

    row.refresh_from_db()
    assert row.state == JobState.DEAD
    assert "each of 3 attempts" in row.last_error


def test_only_the_holder_of_the_lease_marks_it_done(monkeypatch):
    row = jobs.enqueue("tests.note", key="a", text="one")
    claim = jobs.claim

    def claim_and_be_too_slow(pk):
        held = claim(pk)
        age(row, lease_until=seconds_ago(1))
        assert claim(pk) is not None, "another worker takes it over"
        return held

    monkeypatch.setattr(jobs, "claim", claim_and_be_too_slow)

    assert not jobs.run(row.pk)
    row.refresh_from_db()
    assert row.state == JobState.RUNNING


# --- Ringing again -----------------------------------------------------------------------------


def test_sweep_rings_for_what_nobody_took(bells):
    _fresh, unheard, abandoned, working = [
        jobs.enqueue("tests.note", key=key, text=key) for key in "abcd"
    ]
    age(unheard, created_at=seconds_ago(31), due_at=seconds_ago(31))
    for row in (abandoned, working):
        assert jobs.claim(row.pk) is not None
    age(abandoned, lease_until=seconds_ago(1))

    assert jobs.sweep() == 2

    assert bells == [(abandoned.pk, "critical"), (unheard.pk, "critical")]


def test_sweep_stops_when_the_queue_is_full_of_bells(bells, monkeypatch):
    for key in "abc":
        age(jobs.enqueue("tests.note", key=key, text=key), created_at=seconds_ago(60))
    monkeypatch.setattr(jobs, "waiting", lambda _queue: jobs.SWEEP_ROWS - 1)

    assert jobs.sweep() == 1


def test_sweep_takes_two_queries(django_assert_num_queries):
    for key in "abc":
        age(jobs.enqueue("tests.note", key=key, text=key), created_at=seconds_ago(60))

    with django_assert_num_queries(2):
        assert jobs.sweep() == 3


def test_retry_revives_dead_jobs_only(bells, django_capture_on_commit_callbacks):
    dead, alive = [jobs.enqueue("tests.note", key=key, text=key) for key in "ab"]
    age(dead, state=JobState.DEAD, finished_at=timezone.now(), attempts=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.retry([dead.pk, alive.pk]) == 1

    assert bells == [(dead.pk, "critical")]
    assert jobs.run(dead.pk)


def test_prune_deletes_what_was_done_long_ago(monkeypatch):
    monkeypatch.setattr(jobs, "PRUNE_ROWS", 2)
    long_ago = timezone.now() - timedelta(days=15)
    for key in "abc":
        row = jobs.enqueue("tests.note", key=key, text=key)
        age(row, state=JobState.DONE, finished_at=long_ago)
    dead = jobs.enqueue("tests.note", key="dead", text="")
    age(dead, state=JobState.DEAD, finished_at=long_ago)
    recent = jobs.enqueue("tests.note", key="recent", text="")
    jobs.run(recent.pk)

    assert jobs.prune() == 3

    assert set(Job.objects.all()) == {dead, recent}


def test_housekeeping_is_one_job_an_hour_and_forgets_old_form_keys():
    old = IdempotencyKey.objects.create(actor_id=1, key="old")
    IdempotencyKey.objects.create(actor_id=1, key="new")
    IdempotencyKey.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    tasks.housekeeping()
    tasks.housekeeping()
    tasks.run_job(Job.objects.get(kind="lib.prune").pk)

    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


# --- The bell ----------------------------------------------------------------------------------


@pytest.fixture
def broker_away(monkeypatch):
    """Point the bell to a port where nobody listens."""
    broker = current_app.connection_for_write(
        "redis://127.0.0.1:1/0", transport_options={"max_retries": 0}
    )
    monkeypatch.setattr("isme.lib.bell._producers", lambda: pools.producers[broker])
    durable.breaker.reset()
    yield
    durable.breaker.reset()


@pytest.mark.usefixtures("broker_away")
def test_ring_is_swallowed_and_soon_not_tried_when_the_broker_is_away(caplog):
    assert [ring(1, "critical", seconds=30) for _ in range(5)] == [False] * 5

    heard = [record for record in caplog.records if "was not heard" in record.message]
    assert len(heard) == 3
    assert durable.breaker.is_open


@pytest.mark.usefixtures("broker_away")
def test_enqueue_survives_a_broker_that_is_away(monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(jobs, "ring", ring)
    with django_capture_on_commit_callbacks(execute=True):
        row = jobs.enqueue("tests.note", key="a", text="one")

    assert jobs.run(row.pk)


# --- The watchdog ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("silent_seconds", "waiting", "busy", "deaf"),
    [(100, 4, False, False), (130, 4, False, True), (130, 0, False, False), (130, 4, True, False)],
    ids=["heard lately", "deaf", "nothing to hear", "at work"],
)
def test_watchdog(monkeypatch, silent_seconds, waiting, busy, deaf):
    watchdog = tasks.Watchdog(["critical"])
    watchdog.heard_at -= silent_seconds
    monkeypatch.setattr(tasks, "waiting", lambda _queue: waiting)
    monkeypatch.setattr(tasks.worker_state, "active_requests", {"job"} if busy else set())
    monkeypatch.setattr(tasks.durable, "ask", lambda _work: True)

    assert watchdog.is_deaf() is deaf


def test_watchdog_forgives_while_the_broker_is_away(monkeypatch):
    watchdog = tasks.Watchdog(["critical"])
    watchdog.heard_at -= 1000
    durable.breaker.reset()
    monkeypatch.setattr(durable.breaker, "_failures", 3)
    monkeypatch.setattr(durable.breaker, "_closed_from", float("inf"))

    assert not watchdog.is_deaf()
