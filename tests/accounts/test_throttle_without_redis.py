"""The throttle while the durable Redis is away: rows count, then the process itself (F6)."""

import pytest

from isme.lib import limit_fallback
from isme.lib.models import LimitCounter
from tests.accounts.door import MINUTE, START, attempt, crowd, visit
from tests.conftest import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_eleventh_bad_password_is_refused_without_redis(clock, hashes, durable_away):
    """(d) Counted in rows."""
    clock.move_to(START - START % (15 * MINUTE))
    make_user()
    answers = [attempt("nadia", visit(f"198.51.100.{number}")) for number in range(11)]
    assert answers == ["refused"] * 10 + ["held"]
    assert LimitCounter.objects.exists()
    clock.shift(30 * MINUTE)
    assert attempt("nadia", visit(), PASSWORD) == "in"


def test_spraying_is_limited_without_redis(clock, hashes, durable_away):
    clock.move_to(START - START % (15 * MINUTE))
    answers = [attempt(f"name{number}", visit()) for number in range(100)]
    assert answers == ["refused"] * 30 + ["crowded"] * 70
    ticket = crowd("nobody", visit()).ticket
    clock.shift(10)
    assert attempt("nobody", visit(ticket=ticket)) == "refused"
    assert attempt("nobody", visit(ticket=ticket)) == "crowded"


def test_success_is_taken_back_without_redis(clock, hashes, durable_away):
    make_user()
    assert {attempt("nadia", visit(), PASSWORD) for _ in range(20)} == {"in"}


def test_limits_hold_without_redis_and_without_rows(clock, hashes, durable_away, monkeypatch):
    from django.db import OperationalError

    def away(*_args, **_kwargs):
        raise OperationalError(2002, "stopped by the test")

    monkeypatch.setattr(limit_fallback, "_attempt_in_rows", away)
    monkeypatch.setattr(limit_fallback, "_process", limit_fallback._Process())
    answers = [attempt("nobody", visit()) for _ in range(6)]
    assert answers == ["refused"] * 5 + ["held"]  # 10 in 15 minutes, shared by two processes
