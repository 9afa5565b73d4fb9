"""What accounts and academics raise, reminders that come once a day, and streams."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection

from accounts.models import User
from accounts.services.accounts import change_account
from accounts.services.passwords import change_password
from accounts.services.sign_in import Visit, sign_in
from isme.lib import hooks
from isme.lib.models import Job
from notifications import activity, audiences, reminders
from notifications.models import Notice, Notification
from notifications.services import clock, prune, remind
from tests.conftest import PASSWORD, make_user
from tests.notifications.cast import deliver, tell

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)


def enter_from(user: User, *known: tuple[int, str]) -> None:
    visit = Visit(device="Chrome, Android", place="other", known=known)
    sign_in(login=user.username, password=PASSWORD, remember=False, visit=visit)


def test_a_new_device_is_told_and_a_known_or_first_one_is_not(user):
    enter_from(user)
    assert not Notice.objects.exists(), "the first of all is no news"
    # The browser shows what it knows at the door only.
    own = change_password(
        user_id=user.pk,
        current=PASSWORD,
        new="hujan turun di bulan juni",
        visit=Visit("Chrome", "other"),
    )
    assert own.cookie.user_id == user.pk
    assert not Notice.objects.exists(), "nor is one's own, on which the password is changed"
    User.objects.filter(pk=user.pk).update(password=user.password)
    enter_from(user, (user.pk, "d1"))
    assert not Notice.objects.exists()
    enter_from(user, (user.pk + 1, "d1"))
    notice = Notice.objects.get(kind="accounts.new_device")
    deliver(notice)
    assert Notification.objects.get().person == user
    assert "Chrome, Android" in notice.words.body


def test_another_role_is_told_in_words(user):
    change_account(user_id=user.pk, changes={"role": "lecturer"})
    change_account(user_id=user.pk, changes={"role": "lecturer", "name": "Nadia P."})
    notice = Notice.objects.get()
    assert notice.words.title == "Akun Anda kini: Dosen"


def test_hooks_of_accounts_are_filled():
    assert len(hooks.new_device) == 1
    assert len(hooks.role_changed) == 1
    assert len(hooks.each_minute) >= 1


@pytest.fixture
def forgetful(monkeypatch, user):
    def due(day: date):
        yield reminders.Reminder("thing:1", audiences.people([user.pk]), {"what": "A", "more": ""})

    monkeypatch.setattr(reminders, "_due", {"tests.plain": due})


def test_reminders_come_once_a_day_however_often_they_are_asked(forgetful, user):
    for _time in range(3):
        remind.remind(DAY)
    remind.remind(DAY + timedelta(days=1))
    for notice in Notice.objects.all():
        deliver(notice)
    assert Notification.objects.filter(person=user).count() == 2


@pytest.mark.parametrize(("hour", "asked"), [("05:59", 0), ("06:00", 1)])
def test_nobody_is_reminded_at_night(hour, asked):
    with time_machine.travel(f"2026-11-25 {hour} +0700", tick=False):
        for _beat in range(2):
            clock.each_minute()
    assert Job.objects.filter(kind=remind.REMIND).count() == asked


def test_dry_run_shows_and_tells_nobody(forgetful):
    out = io.StringIO()
    call_command("remind", "--dry-run", "--day", "2026-11-25", stdout=out)
    assert "thing:1 to 1: A" in out.getvalue()
    assert not Notice.objects.exists()
    call_command("remind", "--day", "2026-11-25", stdout=out)
    assert Notice.objects.count() == 1


def test_streams_keep_who_did_what(user):
    course, tiara = make_user("course"), make_user("tiara")
    for by in (user, tiara):
        activity.record(by=by.pk, verb="uploaded", what=by, course=course, title="RPS")
    assert [line.who for line in activity.of_course(course)] == [tiara.name, user.name]
    assert len(activity.of_person(user.pk)) == 1
    (line,) = activity.of_courses(User, [course.pk], but=user.pk)
    assert (line.verb, line.what) == ("uploaded", "RPS")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_stream_costs_one_query(user, django_assert_num_queries, rows):
    for _ in range(rows):
        activity.record(by=user.pk, verb="uploaded", what=user, course=user)
    activity.of_course(user)
    with django_assert_num_queries(1):
        assert len(activity.of_course(user)) == rows


def test_a_stream_that_fails_fails_nothing(monkeypatch, user):
    def broken(*args, **kwargs):
        raise DatabaseError("full")

    monkeypatch.setattr(activity.Action.objects, "create", broken)
    activity.record(by=user.pk, verb="uploaded", what=user)
    assert User.objects.filter(pk=user.pk).exists(), "the transaction goes on"


def test_streams_outlive_what_they_tell_of(user):
    thing = make_user("thing")
    activity.record(by=user.pk, verb="uploaded", what=thing, course=thing)
    thing.identifiers.all().delete()
    thing.delete()
    assert len(activity.of_person(user.pk)) == 1


def test_streams_have_their_indexes():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "actstream_action")
    assert {"activity_of_actor", "activity_of_target"} <= set(constraints)


def test_pruning_takes_what_is_long_over(user):
    for _time in range(5):
        tell(user)
    old, deleted, unread, undoable, fresh = Notification.objects.order_by("pk")
    at = fresh.created_at
    long_ago = at - timedelta(days=500)
    Notification.objects.filter(pk=old.pk).update(created_at=long_ago, read_at=long_ago)
    Notification.objects.filter(pk=deleted.pk).update(deleted_at=at - timedelta(days=31))
    Notification.objects.filter(pk=unread.pk).update(created_at=long_ago)
    Notification.objects.filter(pk=undoable.pk).update(deleted_at=at - timedelta(days=29))
    activity.record(by=user.pk, verb="x", what=user)
    activity.Action.objects.update(timestamp=long_ago)
    prune.prune()
    kept = set(Notification.objects.values_list("pk", flat=True))
    assert kept == {unread.pk, undoable.pk, fresh.pk}
    assert not activity.Action.objects.exists()
