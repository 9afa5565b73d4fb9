"""The home page says what others did since one was here last; a visit ends after half an hour."""

import datetime as dt

import pytest
import time_machine
from actstream.models import Action

from accounts.models import SignInSession
from isme.lib.redis import evictable
from notifications import activity
from tests.academics.test_shared_lists import sit_in
from tests.conftest import enter
from tests.factories import academics as make

HOME = "/dashboard/"
MINUTE = dt.timedelta(minutes=1)
NOW = dt.datetime(2026, 10, 7, 3, 0, tzinfo=dt.UTC)  # Wednesday, 10.00 WIB
pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    today = NOW.date()
    term = make.TermFactory(
        year__is_active=True,
        is_active=True,
        starts_on=today - dt.timedelta(days=60),
        ends_on=today + dt.timedelta(days=60),
    )
    return make.ClassFactory(offering__term=term)


def did(row, title: str, at: dt.datetime) -> None:
    """Somebody else did something in the course of ``row``."""
    other = make.LecturerFactory().user
    of = row.offering
    activity.record(by=other.pk, verb="academics.syllabus", what=of, course=of, title=title)
    Action.objects.filter(pk=Action.objects.latest("pk").pk).update(timestamp=at)


def visit(client, at: dt.datetime) -> str:
    """The home page as it is made at ``at``, with nothing kept from before."""
    with time_machine.travel(at, tick=False):
        evictable.client.flushdb()
        return client.get(HOME).text


def left(client) -> dt.datetime | None:
    return SignInSession.objects.get(pk=client.student.pk).left_at


def test_first_visit_knows_no_other(sitting):
    with time_machine.travel(NOW, tick=False):
        client = sit_in(sitting)
        did(sitting, "Kelas", NOW - MINUTE)
    page = visit(client, NOW)
    assert "Terbaru di mata kuliah Anda" in page
    assert "Sejak kunjungan terakhir" not in page


def test_who_comes_back_sees_what_is_new_since_they_left(sitting):
    """Else they read the same ten lines each day to find the one that is new."""
    with time_machine.travel(NOW, tick=False):
        client = sit_in(sitting)
        did(sitting, "Kelas", NOW - MINUTE)
    visit(client, NOW)
    later = NOW + 120 * MINUTE
    page = visit(client, later)
    assert left(client) == NOW
    assert "Tidak ada yang baru sejak 7 Oktober, 10.00" in page
    did(sitting, "Kelas", NOW + 60 * MINUTE)
    page = visit(client, later + MINUTE)
    assert "Anda di sini sampai 7 Oktober, 10.00" in page
    assert page.split('id="latest-title"')[1].count(">Baru<") == 1


def test_a_break_of_some_minutes_is_no_new_visit(sitting):
    """Else what was new is no longer new after a look at the phone."""
    with time_machine.travel(NOW, tick=False):
        client = sit_in(sitting)
    for minutes in (10, 20, 40, 60):
        visit(client, NOW + minutes * MINUTE)
        assert left(client) is None
    visit(client, NOW + 91 * MINUTE)
    assert left(client) == NOW + 60 * MINUTE


@pytest.mark.parametrize(("minutes", "is_new"), [(5, False), (45, True)])
def test_another_sign_in_is_a_new_visit_only_after_a_while(sitting, minutes, is_new):
    """Else who moves from phone to computer is told that nothing is new."""
    with time_machine.travel(NOW, tick=False):
        client = sit_in(sitting)
    with time_machine.travel(NOW + minutes * MINUTE, tick=False):
        enter(client, client.student.user)
    assert left(client) == (NOW if is_new else None)
