"""A course's page is made once for those who see it alike; what is one's own stays one's own."""

import pytest
from django.test import Client

from academics.models import TeachingRole
from accounts.choices import Role
from forum.services.categories import board_of_course
from tests.academics.test_shared_lists import sit_in
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.forum import cast

WAYS_QUERIES = 1  # how many discussions of the course's forum are new
pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return make.ClassFactory(name="Kelas Satu")


def address(row) -> str:
    return row.offering.course.get_absolute_url()


def teacher(name: str, row=None, kind: str = "") -> Client:
    """A browser of a lecturer, who teaches where ``row`` belongs, or nowhere."""
    user = make_user(name, Role.LECTURER)
    lecturer = make.LecturerFactory(user=user)
    if row is not None:
        TeachingRole.objects.create(offering=row.offering, lecturer=lecturer, kind=kind)
    return enter(Client(), user)


def test_second_of_a_class_asks_only_what_is_new_to_them(row, django_assert_num_queries):
    """Else each of three hundred students who look for the room makes the page anew."""
    first, second = sit_in(row), sit_in(row)
    first.get(address(row))
    second.get("/accounts/profile/")
    with django_assert_num_queries(WAYS_QUERIES + 1):  # their places
        second.get(address(row))
    with django_assert_num_queries(WAYS_QUERIES):
        page = second.get(address(row)).text
    assert second.student.user.name in page
    assert first.student.user.name not in page


def test_only_who_sits_in_a_class_is_led_into_it(row):
    """Else a student opens a page that is not theirs, and meets a 404."""
    other = make.ClassFactory(offering=row.offering, name="Kelas Dua")
    way = {one: f'href="/classes/{one.pk}/"' for one in (row, other)}
    for client, there in ((sit_in(row), {row}), (sit_in(other), {other}), (sit_in(), set())):
        page = client.get(address(row)).text
        assert {one for one in way if way[one] in page} == there
    office = enter(Client(), make_user("kantor", Role.OFFICE))
    page = office.get(address(row)).text
    assert all(one in page for one in way.values())


def test_only_who_may_give_files_is_offered_to(row):
    """Else a lecturer of another course presses a button that refuses them."""
    offering = row.offering
    syllabus, material = (
        f"/offerings/{offering.pk}/syllabus/",
        f"/offerings/{offering.pk}/materials/new/",
    )
    cast_of = [
        (enter(Client(), make_user("kantor", Role.OFFICE)), True, True),
        (teacher("koordinator", row, "coordinator"), True, True),
        (teacher("anggota", row, "team"), False, True),
        (teacher("lain"), False, False),
        (sit_in(row), False, False),
    ]
    for _again in range(2):
        for client, may_syllabus, may_material in cast_of:
            page = client.get(address(row)).text
            assert (syllabus in page, material in page) == (may_syllabus, may_material)


def test_what_is_new_in_the_forum_is_each_reader_s_own(row):
    """Else one sees a number that is another's, and it never goes away."""
    board = board_of_course(offering=row.offering)
    made = cast.thread(cast.person("opener", "office"), board)
    first, second, stranger = sit_in(row), sit_in(row), sit_in()
    count = '<span class="count">1<span class="sr">'
    assert count in first.get(address(row)).text
    tag = first.get(address(row))["ETag"]
    first.get(made.get_absolute_url())
    again = first.get(address(row), headers={"If-None-Match": tag})
    assert again.status_code == 200, "the browser would keep the old number"
    assert count not in again.text
    assert count in second.get(address(row)).text
    page = stranger.get(address(row)).text
    assert f"/forum/courses/{row.offering_id}/" not in page
    assert "/activity/" not in page
