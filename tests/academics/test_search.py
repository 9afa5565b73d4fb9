"""The search over everything finds the faculty's structure however it is typed."""

import pytest

from academics.choices import TermKind
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["mkb24101", "MKB24101", "b2410", "kardio", "gd-b1", "GD-B1"])
def test_codes_and_names_are_found_in_any_case(client, text):
    """Codes are compared byte for byte by MariaDB: typed small, a course was not to be found."""
    make.CourseFactory(code="MKB24101", name="Kardiologi")
    make.RoomFactory(code="GD-B1", name="Aula")
    enter(client, make_user(role="office"))
    page = client.get("/search/", {"q": text}).text
    assert ("Kardiologi" in page) != ("Aula" in page)


@pytest.mark.parametrize("role", ["student", "lecturer", "office"])
def test_classes_of_this_term_are_found_by_who_may_see_them(client, role):
    """Else a student is led to a class that is none of theirs, and meets a 404."""
    now = {"term__is_active": True, "term__year__is_active": True}
    offering = make.CourseOfferingFactory(course__name="Kardiologi", **now)
    other = make.CourseOfferingFactory(course__name="Neurologi", term=offering.term)
    mine = make.ClassFactory(offering=offering, name="Anggrek satu")
    make.ClassFactory(offering=offering, name="Anggrek dua")
    make.ClassFactory(offering=other, name="Anggrek tiga")
    earlier = make.CourseOfferingFactory(term=make.TermFactory(kind=TermKind.EVEN))
    before = make.ClassFactory(offering=earlier, name="Anggrek lama")
    user = make_user(role=role)
    if role == "student":
        profile = make.StudentFactory(user=user)
        for row in (mine, before):
            make.ClassMemberFactory(course_class=row, student=profile)
    elif role == "lecturer":
        profile = make.LecturerFactory(user=user)
        for one in (offering, before.offering):
            make.TeachingRoleFactory(offering=one, lecturer=profile)
    page = enter(client, user).get("/search/", {"q": "anggrek"}).text
    found = [number for number in ("satu", "dua", "tiga", "lama") if f"Anggrek {number}" in page]
    seen = {"student": ["satu"], "lecturer": ["satu", "dua"], "office": ["satu", "dua", "tiga"]}
    assert found == seen[role]
    assert (f'href="/classes/{mine.pk}/"' in page) is True
