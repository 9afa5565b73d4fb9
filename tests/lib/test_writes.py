"""Rows that are written by SQL made once are what the ORM would have written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models.signals import post_save, pre_save
from django.forms import model_to_dict
from django.utils import timezone

from accounts.choices import SignInEventKind
from accounts.models import SignInEvent, SignInSession
from accounts.services import sessions
from isme.lib import writes
from isme.lib.models import Job
from tests.conftest import VISIT, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]
WRITTEN = (Job, SignInEvent, SignInSession)


def job(key: str) -> Job:
    payload = {"name": 'dr. "Bagas" %s é', "number": 7, "nothing": None}
    return Job(kind="tests.writes", key=key, payload=payload, due_at=timezone.now())


def stored(row: models.Model) -> dict[str, object]:
    found = type(row).objects.get(pk=row.pk)
    return model_to_dict(found, exclude=["id", "key"])


def test_inserted_row_is_the_one_that_save_would_have_written(django_assert_num_queries):
    """Else a job comes to its worker with other facts than it was given."""
    plain, written = job("plain"), job("written")
    written.due_at = plain.due_at
    plain.save()
    with django_assert_num_queries(1):
        writes.insert(written)
    assert stored(written) == stored(plain)
    assert written.created_at - plain.created_at < timedelta(minutes=1)
    written.refresh_from_db()
    written.attempts = 2
    written.save()  # it knows that it is there already
    assert Job.objects.filter(kind="tests.writes").count() == 2


def test_several_rows_are_one_query(django_assert_num_queries):
    user = make_user()
    kinds = [SignInEventKind.DISPLACED, SignInEventKind.SIGNED_IN]
    with django_assert_num_queries(1):
        writes.insert(*(sessions.event(user.pk, kind, VISIT) for kind in kinds))
    found = SignInEvent.objects.filter(user=user).order_by("pk")
    assert [event.kind for event in found] == kinds


def test_updated_row_is_the_one_that_save_would_have_written(django_assert_num_queries):
    """Else a session lives longer than it should, or the next device finds another's data."""
    user, other = make_user(), make_user("other")
    now = timezone.now()
    facts = {
        "secret_hash": "a" * 64,
        "device": "Firefox % 'Linux'",
        "started_at": now,
        "seen_at": now,
        "expires_at": now + timedelta(hours=8),
        "left_at": None,
        "data": {"step": [1, None, "é"]},
        "epoch": 8,
    }
    for person in (user, other):
        SignInSession.objects.get_or_create(user=person)
    plain, written = (SignInSession.objects.get(user=person) for person in (user, other))
    for session in (plain, written):
        vars(session).update(facts)
    plain.save()
    with django_assert_num_queries(1):
        writes.update(written)
    assert {**stored(written), "user": 0} == {**stored(plain), "user": 0}


def test_row_that_is_there_or_gone_is_told_as_always():
    first = job("once")
    writes.insert(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        writes.insert(job("once"))
    Job.objects.filter(pk=first.pk).delete()
    with pytest.raises(Job.DoesNotExist):
        writes.update(first)


@pytest.mark.parametrize("write", [writes.insert, Job.save], ids=["insert", "save"])
def test_refusal_that_is_caught_spoils_its_transaction_as_that_of_save(write):
    """Else half of what belongs together is committed."""
    writes.insert(job("once"))
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            write(job("once"))
        assert transaction.get_rollback()


@pytest.mark.parametrize("model", WRITTEN)
def test_models_written_so_need_nothing_that_is_left_out(model):
    """Else somebody adds a receiver or a default of the database, and it is silently passed over."""
    assert not model._meta.parents
    assert not any(field.has_db_default() for field in model._meta.concrete_fields)
    assert not any(hasattr(field, "get_placeholder") for field in model._meta.concrete_fields)
    for signal in (pre_save, post_save):
        assert not signal.has_listeners(model)
