"""Telling people: one row for the event, one in each inbox, whatever goes wrong between."""

import pytest
from django.db import transaction

from accounts.choices import Role
from accounts.models import User
from isme.lib import job_batches, jobs
from isme.lib.models import Job
from isme.lib.redis import evictable
from notifications import audiences, kinds
from notifications.errors import UnknownAudience, UnknownKind
from notifications.models import Notice, Notification
from notifications.selectors import badge
from notifications.services import fan_out
from notifications.services.notify import FEW, TELL, TELL_FEW, notify
from tests.conftest import make_user
from tests.notifications.cast import crowd, deliver, tell

pytestmark = pytest.mark.django_db


def ask(recipients: audiences.Audience, **extra) -> Notice:
    values = {"by": None, "about": "", "what": "Hello", "more": ""} | extra
    return notify("tests.plain", recipients=recipients, **values)


@pytest.mark.parametrize("people", [1, 3, 1200])
def test_telling_costs_one_row_and_one_job_for_any_number(django_assert_max_num_queries, people):
    """Else a request that tells everybody hangs for seconds."""
    crowd(people)
    with django_assert_max_num_queries(10) as seen:
        ask(audiences.role(Role.STUDENT))
    ours = [q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(ours) == 3  # the term, the notice, the job
    assert (Notice.objects.count(), Job.objects.count()) == (1, 1)
    assert Notification.objects.count() == 0


def test_workers_reach_everybody_once_in_batches(monkeypatch):
    monkeypatch.setattr(fan_out, "BATCH", 10)
    people = crowd(25)
    make_user("dosen", role=Role.LECTURER)
    notice = ask(audiences.role(Role.STUDENT))
    assert [jobs.run(pk) for pk in _pending()] == [True]
    while pending := _pending():
        for pk in pending:
            jobs.run(pk)

    notice.refresh_from_db()
    told = list(Notification.objects.order_by("person_id").values_list("person_id", flat=True))
    assert told == [person.pk for person in people]
    assert (notice.told, notice.expected, bool(notice.told_at)) == (25, 25, True)
    assert Job.objects.count() == 3


def _pending() -> list[int]:
    return list(Job.objects.filter(state="pending").values_list("pk", flat=True))


@pytest.mark.parametrize("people", [1, 3])
def test_a_batch_costs_the_same_for_any_number(django_assert_max_num_queries, people):
    crowd(people)
    notice = ask(audiences.everyone())
    with django_assert_max_num_queries(10) as seen:
        fan_out.tell_batch(notice_id=notice.pk, after=0)
    ours = [q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(ours) == 6  # notice, count, people, insert, preferences, save


@pytest.mark.parametrize("notices", [1, 3])
def test_notices_to_a_few_are_told_together(django_assert_max_num_queries, notices):
    """Else a thousand new browsers at eight o'clock cost the workers more than the sign-ins do."""
    people = crowd(notices + 1)
    asked = [ask(audiences.people([person.pk])) for person in people[:notices]]
    with django_assert_max_num_queries(10) as seen:
        assert fan_out.tell_few(notice_ids=[notice.pk for notice in asked]) == notices
    ours = [q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(ours) == 5  # notices, people, insert, preferences, update
    assert _told() == [
        (notice.pk, person.pk) for notice, person in zip(asked, people, strict=False)
    ]
    assert [_progress(notice) for notice in asked] == [(1, 1, True)] * notices


def test_few_leave_out_who_did_it_and_who_left():
    actor, gone, other = crowd(3)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    notice = ask(audiences.people([actor.pk, gone.pk, other.pk]), by=actor.pk)
    alone = ask(audiences.people([gone.pk]))
    assert job_batches.run_together(TELL_FEW) == 2
    assert _told() == [(notice.pk, other.pk)]
    assert [_progress(notice), _progress(alone)] == [(1, 1, True), (0, 0, True)]


def test_few_are_told_once_and_what_was_taken_back_is_not_told():
    one, two, three = crowd(3)
    told, cancelled, last = (ask(audiences.people([person.pk])) for person in (one, two, three))
    Notice.objects.filter(pk=cancelled.pk).update(cancelled_at=cancelled.created_at)
    fan_out.tell_few(notice_ids=[told.pk])
    every = [told.pk, cancelled.pk, last.pk]
    assert [fan_out.tell_few(notice_ids=every) for _time in range(2)] == [1, 0]
    assert _told() == [(told.pk, one.pk), (last.pk, three.pk)]


def test_who_was_told_by_a_killed_worker_sees_it_on_the_next_page(user):
    """It had committed; the cache was not told."""
    notice = ask(audiences.people([user.pk]))
    fan_out.tell_few(notice_ids=[notice.pk])
    key = badge.key(user.pk)
    evictable.client.set(key, b"0")
    fan_out.tell_few(notice_ids=[notice.pk])
    assert evictable.client.get(key) is None


def test_bad_one_of_the_few_harms_no_other():
    one, two = crowd(2)
    bad, good = (ask(audiences.people([person.pk])) for person in (one, two))
    Notice.objects.filter(pk=bad.pk).update(audience=[{"name": "people", "values": {}}])
    assert job_batches.run_together(TELL_FEW) == 1
    assert _told() == [(good.pk, two.pk)]


@pytest.mark.parametrize(("number", "kind"), [(FEW, TELL_FEW), (FEW + 1, TELL)])
def test_only_few_named_people_wait_for_others(number, kind):
    """A crowd must not hold up those who are told with it."""
    ask(audiences.people(person.pk for person in crowd(number)))
    assert list(Job.objects.values_list("kind", flat=True)) == [kind]


def _told() -> list[tuple[int, int]]:
    return list(Notification.objects.order_by("pk").values_list("notice_id", "person_id"))


def _progress(notice: Notice) -> tuple[int, int | None, bool]:
    notice.refresh_from_db()
    return notice.told, notice.expected, bool(notice.told_at)


def test_a_batch_done_again_changes_nothing(monkeypatch):
    """The worker was killed between its commit and the mark of its job."""
    monkeypatch.setattr(fan_out, "BATCH", 10)
    crowd(25)
    notice = ask(audiences.everyone())
    fan_out.tell_batch(notice_id=notice.pk, after=0)
    fan_out.tell_batch(notice_id=notice.pk, after=0)
    deliver(Notice.objects.get())
    fan_out.tell_batch(notice_id=notice.pk, after=0)

    notice.refresh_from_db()
    assert Notification.objects.count() == notice.told == 25


def test_audiences_join_and_nobody_is_told_twice():
    one, two = crowd(2)
    lecturer = make_user("dosen", role=Role.LECTURER)
    notice = ask(audiences.people([one.pk]) | audiences.role(Role.STUDENT, Role.LECTURER))
    deliver(notice)
    told = set(Notification.objects.values_list("person_id", flat=True))
    assert told == {one.pk, two.pk, lecturer.pk}
    assert notice.told == 3


def test_who_did_it_and_who_left_are_not_told():
    actor, gone, other = crowd(3)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    deliver(ask(audiences.everyone(), by=actor.pk))
    assert list(Notification.objects.values_list("person_id", flat=True)) == [other.pk]


def test_same_key_is_the_same_notice():
    crowd(1)
    first = ask(audiences.everyone(), key="term:7")
    assert ask(audiences.everyone(), key="term:7", what="Other") == first
    assert Notice.objects.get().values["what"] == "Hello"
    assert Job.objects.count() == 1


def test_a_rolled_back_change_tells_nobody():
    with transaction.atomic():
        ask(audiences.everyone())
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_mistakes_show_where_they_are_made():
    with pytest.raises(UnknownKind):
        notify("tests.nothing", recipients=audiences.everyone(), about="", by=None)
    with pytest.raises(KeyError):
        notify("tests.plain", recipients=audiences.everyone(), about="", by=None)
    with pytest.raises(UnknownAudience):
        audiences.Audience.of("tests.nothing")
    with pytest.raises(ValueError, match="too long"):
        ask(audiences.everyone(), about="x" * 81)
    with pytest.raises(ValueError, match="path of ours"):
        kinds.register(
            kinds.Kind(
                name="x",
                topic="forum",
                label="",
                title="",
                link="https://evil.example",
            )
        )


def test_a_cancelled_notice_stops(monkeypatch):
    monkeypatch.setattr(fan_out, "BATCH", 10)
    crowd(25)
    notice = ask(audiences.everyone())
    fan_out.tell_batch(notice_id=notice.pk, after=0)
    Notice.objects.update(cancelled_at=notice.created_at)
    notice.refresh_from_db()
    fan_out.tell_batch(notice_id=notice.pk, after=notice.cursor)
    assert Notification.objects.count() == 10


def test_an_old_notice_that_lacks_a_value_is_shown_all_the_same(user):
    notice = tell(user)
    Notice.objects.filter(pk=notice.pk).update(values={})
    assert Notice.objects.get().words.title == "Notifikasi"
    Notice.objects.filter(pk=notice.pk).update(kind="gone.kind")
    assert "versi ISME yang lama" in Notice.objects.get().words.title
