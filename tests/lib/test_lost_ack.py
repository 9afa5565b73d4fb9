"""A worker that finished its job in the moment in which Redis was silent must go on hearing."""

from types import SimpleNamespace

import pytest
from celery.worker import state

from isme.lib.lost_ack import LostAck


def consumer(full: bool) -> SimpleNamespace:
    qos = SimpleNamespace(can_consume=lambda: not full)
    return SimpleNamespace(task_consumer=SimpleNamespace(channel=SimpleNamespace(qos=qos)))


@pytest.fixture
def step() -> LostAck:
    return LostAck(consumer(full=False))


def test_message_that_stays_unfinished_while_nothing_is_done_ends_the_connection(step):
    step.look(consumer(full=True))
    with pytest.raises(ConnectionResetError):
        step.look(consumer(full=True))


def test_job_at_work_or_just_ended_is_no_lost_acknowledgement(step, monkeypatch):
    step.look(consumer(full=True))
    step.look(consumer(full=False))
    step.look(consumer(full=True))
    monkeypatch.setattr(state, "reserved_requests", {"job"})
    step.look(consumer(full=True))
    step.look(consumer(full=True))
