"""Jobs that are done together: none overlooked, none twice, one that is bad harms no other."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from isme.lib import bell, job_batches, jobs
from isme.lib.models import Job
from isme.lib.models.job import JobState

KIND = "tests.together"
TAKEN: list[list[str]] = []
pytestmark = pytest.mark.django_db


@jobs.job(KIND, together=True)
def take(*, rows: list[dict[str, str]]) -> None:
    texts = [row["text"] for row in rows]
    if "bad" in texts:
        raise ZeroDivisionError(texts)
    TAKEN.append(texts)


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Every message to the workers as (what, seconds from now), instead of the message."""
    TAKEN.clear()
    messages: list[tuple[object, float | None]] = []

    def send(task, argument, queue, *, seconds, countdown=None):
        messages.append((argument, countdown))
        return True

    monkeypatch.setattr(bell, "_send", send)
    return messages


def ask(*texts: str) -> list[Job]:
    return [jobs.enqueue(KIND, key=f"{Job.objects.count()}", text=text) for text in texts]


def states() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def test_many_jobs_ring_once_and_are_done_at_once(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ask("a", "b", "c")

    assert sent == [(KIND, bell.GATHER_SECONDS)]
    assert job_batches.run_together(KIND) == 3
    assert TAKEN == [["a", "b", "c"]]
    assert states() == [JobState.DONE] * 3


def test_job_after_the_worker_began_rings_anew(sent, django_capture_on_commit_callbacks):
    """Else an event that comes while others are written waits for the sweep."""
    with django_capture_on_commit_callbacks(execute=True):
        ask("a")
    job_batches.run_together(KIND)

    with django_capture_on_commit_callbacks(execute=True):
        ask("b")

    assert len(sent) == 2


def test_costs_the_same_for_many(django_assert_num_queries):
    ask("a")
    with django_assert_num_queries(4):
        job_batches.run_together(KIND)
    ask(*"bcdefgh")
    with django_assert_num_queries(4):
        job_batches.run_together(KIND)


def test_bad_one_fails_alone():
    """Else one event that can't be written takes all others of its second with it."""
    _good, bad, _other = ask("good", "bad", "other")

    assert job_batches.run_together(KIND) == 2

    assert TAKEN == [["good"], ["other"]]
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == (JobState.PENDING, 1)
    assert "ZeroDivisionError" in bad.last_error


def test_failed_one_is_tried_again_alone(sent):
    """Else it fails a batch each time."""
    (bad,) = ask("bad")
    job_batches.run_together(KIND)
    Job.objects.update(due_at=timezone.now() - timedelta(seconds=40))
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=40))
    ask("good")

    assert job_batches.run_together(KIND) == 1
    jobs.sweep()
    assert (bad.pk, None) in sent
    assert not jobs.run(bad.pk)
    bad.refresh_from_db()
    assert bad.attempts == 2


def test_more_than_a_batch_is_done_in_several(monkeypatch, sent):
    monkeypatch.setattr(job_batches, "ROWS", 2)
    monkeypatch.setattr(job_batches, "MOST_BATCHES", 2)
    ask(*"abcde")

    assert job_batches.run_together(KIND) == 4
    assert TAKEN == [["a", "b"], ["c", "d"]]
    assert sent[-1] == (KIND, None), "the rest is rung for"


def test_sweep_rings_once_for_all_that_nobody_took(sent):
    ask("a", "b")
    past = timezone.now() - timedelta(seconds=40)
    Job.objects.update(created_at=past, due_at=past)

    assert jobs.sweep() == 1
    assert sent == [(KIND, None)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_and_do_nothing_twice():
    ask(*(str(number) for number in range(60)))

    def work() -> None:
        try:
            job_batches.run_together(KIND)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(int(text) for batch in TAKEN for text in batch) == list(range(60))
    assert states() == [JobState.DONE] * 60
