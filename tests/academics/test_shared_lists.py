"""Lists that many see alike are made once: each still sees their own, and every change at once."""

import pytest
from django.test import Client

from academics.selectors import places
from academics.services import membership, rows
from academics.services.rows import By
from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import PEOPLE
from isme.lib import versions
from isme.lib.redis import RedisAway, evictable
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> By:
    return By(make_user("akademik", Role.OFFICE).pk)


def sit_in(*classes) -> Client:
    """A browser in which a student of ``classes`` is signed in; ``student`` is their profile."""
    number = User.objects.count()
    user = make_user(f"siswa{number}")
    user.name = f"Siswa ke{number}"
    user.save()
    client = enter(Client(), user)
    client.student = make.StudentFactory(user=user)
    for row in classes:
        make.ClassMemberFactory(student=client.student, course_class=row)
    return client


def test_second_of_a_class_costs_no_query_and_sees_their_own_name(django_assert_num_queries):
    """Else a thousand students who open the same list make it a thousand times."""
    row = make.ClassFactory(name="Kelas A")
    first, second = sit_in(row), sit_in(row)
    for path in ("/courses/", "/classes/", "/groups/", "/rooms/"):
        first.get(path)
        second.get("/accounts/profile/")
        places.places_of(second.student.pk, {})  # known from an earlier page
        with django_assert_num_queries(0):
            page = second.get(path).text
        assert second.student.user.name in page, path
        assert first.student.user.name not in page, path
        assert first.get(path).text.count(first.student.user.name) == 2, path


def test_each_sees_only_the_classes_they_sit_in():
    """Else a student reads in whose class somebody else sits."""
    one, two = make.ClassFactory(name="Kelas Satu"), make.ClassFactory(name="Kelas Dua")
    first, second, both = sit_in(one), sit_in(two), sit_in(one, two)
    for client, there, gone in ((first, "Satu", "Dua"), (second, "Dua", "Satu")):
        page = client.get("/classes/?term=all").text
        assert (f"Kelas {there}" in page, f"Kelas {gone}" in page) == (True, False)
    page = both.get("/classes/?term=all").text
    assert "Kelas Satu" in page
    assert "Kelas Dua" in page


def test_who_is_moved_sees_it_at_once(by, django_capture_on_commit_callbacks):
    """Else a student goes to the class they left this morning."""
    one, two = make.ClassFactory(name="Kelas Satu"), make.ClassFactory(name="Kelas Dua")
    client = sit_in(one)
    assert "Kelas Satu" in client.get("/classes/?term=all").text
    pk = client.student.pk
    with django_capture_on_commit_callbacks(execute=True):
        membership.remove_from_class(one.pk, student_ids=[pk], by=by)
        membership.add_to_class(two.pk, student_ids=[pk], by=by)
    page = client.get("/classes/?term=all").text
    assert ("Kelas Satu" in page, "Kelas Dua" in page) == (False, True)
    assert [row[2] for row in places.read(pk).rows] == [two.pk]


def test_office_sees_what_it_changed(by, django_capture_on_commit_callbacks):
    """Else the office believes that its change was lost, and makes it again."""
    room = make.RoomFactory(name="Ruang Lama")
    office = enter(Client(), make_user("kantor", Role.OFFICE))
    student = sit_in()
    for client in (office, student):
        assert "Ruang Lama" in client.get("/rooms/").text
        assert ("/rooms/new/" in client.get("/rooms/").text) == (client is office)
    room.name = "Ruang Baru"
    with django_capture_on_commit_callbacks(execute=True):
        rows.change(room, version=room.version, by=by)
    for client in (office, student):
        assert "Ruang Baru" in client.get("/rooms/").text


def test_coordinator_with_a_new_name_stands_in_the_list(django_capture_on_commit_callbacks):
    """Else a married lecturer keeps an old name in one list only."""
    role = make.TeachingRoleFactory(kind="coordinator")
    row = make.ClassFactory(offering=role.offering)
    client = sit_in(row)
    address = f"/courses/?term={role.offering.term_id}"
    person = role.lecturer.user
    assert person.name in client.get(address).text
    with django_capture_on_commit_callbacks(execute=True):
        User.objects.filter(pk=person.pk).update(name="dr. Nama Baru")
        versions.bump(PEOPLE)
    assert "dr. Nama Baru" in client.get(address).text


def test_with_the_cache_away_each_page_is_made_anew(monkeypatch):
    """Else what changes while Redis is away stays unseen until the process ends."""
    room = make.RoomFactory(name="Ruang Lama")
    client = sit_in()

    def away(*_args, **_kwargs):
        raise RedisAway("stopped by the test")

    client.get("/rooms/")
    monkeypatch.setattr(evictable, "ask", away)
    for name in ("Ruang Satu", "Ruang Dua"):
        type(room).objects.filter(pk=room.pk).update(name=name)
        assert name in client.get("/rooms/").text


def test_browser_is_told_that_nothing_changed():
    """Else a phone fetches 25 KB again for a list that it has."""
    client = sit_in(make.ClassFactory())
    client.get("/rooms/")
    tag = client.get("/rooms/")["ETag"]
    assert client.get("/rooms/", headers={"If-None-Match": tag}).status_code == 304
    other = client.get("/rooms/?q=x", headers={"If-None-Match": tag})
    assert other.status_code == 200
