"""Who belongs where, as forum and notifications ask."""

import pytest

from academics.choices import TeachingKind, TermKind
from academics.selectors import membership, places
from academics.selectors.terms import current_term
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


def test_roles_and_members_of_an_offering():
    place = make.ClassMemberFactory()
    offering = place.offering
    role = make.TeachingRoleFactory(offering=offering, kind=TeachingKind.COORDINATOR)
    make.TeachingRoleFactory(offering=offering, lecturer=role.lecturer, kind=TeachingKind.TEAM)
    stranger = make.ClassMemberFactory().student
    student, lecturer = place.student.pk, role.lecturer.pk

    assert membership.roles_in_offerings(student) == {offering.pk: {membership.STUDENT}}
    assert membership.roles_in_offerings(lecturer) == {offering.pk: {"coordinator", "team"}}
    assert list(membership.offering_student_ids(offering.pk)) == [student]
    assert list(membership.offering_lecturer_ids(offering.pk)) == [lecturer]
    assert set(membership.offering_member_ids(offering.pk)) == {student, lecturer}
    assert set(membership.class_member_ids(place.course_class_id)) == {student, lecturer}
    assert list(membership.class_student_ids(place.course_class_id)) == [student]
    assert membership.is_member_of_offering(student, offering.pk)
    assert membership.is_member_of_offering(lecturer, offering.pk)
    assert not membership.is_member_of_offering(stranger.pk, offering.pk)
    assert list(membership.offerings_of(student)) == [offering]
    assert list(membership.offerings_of(lecturer)) == [offering]
    assert list(membership.classes_of(student)) == [place.course_class]
    assert list(membership.classes_of(lecturer)) == [place.course_class]


def test_roles_of_one_term():
    place = make.ClassMemberFactory()
    later = make.CourseOfferingFactory(term=make.TermFactory(kind=TermKind.EVEN))
    make.ClassMemberFactory(course_class=make.ClassFactory(offering=later), student=place.student)
    found = membership.roles_in_offerings(place.student.pk, term_id=later.term_id)
    assert found == {later.pk: {membership.STUDENT}}


def test_members_of_groups_and_levels():
    place = make.GroupMemberFactory()
    make.StudentFactory(level=2)
    inactive = make.StudentFactory(level=1, status="inactive")
    assert list(membership.group_student_ids(place.group_id)) == [place.student.pk]
    assert places.read(place.student.pk).groups == (place.group_id,)
    assert list(membership.level_student_ids(1)) == [place.student.pk]
    assert inactive.pk not in membership.level_student_ids(1)


def test_current_term(django_assert_num_queries):
    assert current_term() is None
    term = make.TermFactory(is_active=True)
    with django_assert_num_queries(1):
        assert str(current_term()) == f"Ganjil {term.year.label}"
