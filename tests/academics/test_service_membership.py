"""Members change in one place, and what follows a group is never behind."""

import pytest

from academics.errors import MembershipRefused
from academics.models import ClassMember, GroupMember
from academics.services import membership
from academics.services.classes import save_class
from academics.services.rows import By
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


def ids(rows):
    return set(rows.values_list("student_id", flat=True))


def test_class_that_follows_a_group_has_its_members(by):
    """Else a student is in the group and not in the class, and misses what is said there."""
    group = make.LargeGroupFactory()
    first, second = make.StudentFactory.create_batch(2)
    membership.add_to_group(group.pk, student_ids=[first.pk], by=by)
    offering = make.CourseOfferingFactory(term=group.term)
    row = save_class(make.ClassFactory.build(offering=offering, group=group), by=by)
    assert ids(row.members) == {first.pk}

    membership.add_to_group(group.pk, student_ids=[second.pk], by=by)
    assert ids(row.members) == {first.pk, second.pk}
    membership.remove_from_group(group.pk, student_ids=[first.pk], by=by)
    assert ids(row.members) == {second.pk}
    with pytest.raises(MembershipRefused):
        membership.add_to_class(row.pk, student_ids=[first.pk], by=by)


def test_class_has_a_capacity_and_no_double_seats(by):
    row = make.ClassFactory(capacity=2)
    students = [student.pk for student in make.StudentFactory.create_batch(3)]
    with pytest.raises(MembershipRefused):
        membership.add_to_class(row.pk, student_ids=students, by=by)
    assert not ClassMember.objects.exists()
    assert membership.add_to_class(row.pk, student_ids=students[:2], by=by) == 2
    assert membership.add_to_class(row.pk, student_ids=students[:2], by=by) == 0
    other = make.ClassFactory(offering=row.offering)
    with pytest.raises(MembershipRefused):
        membership.add_to_class(other.pk, student_ids=students[:1], by=by)
    membership.remove_from_class(row.pk, student_ids=students[:1], by=by)
    assert ids(row.members) == {students[1]}


def test_small_group_takes_only_people_of_its_large_group(by):
    small = make.SmallGroupFactory()
    student = make.StudentFactory()
    with pytest.raises(MembershipRefused):
        membership.add_to_group(small.pk, student_ids=[student.pk], by=by)
    membership.add_to_group(small.parent_id, student_ids=[student.pk], by=by)
    membership.add_to_group(small.pk, student_ids=[student.pk], by=by)
    assert GroupMember.objects.count() == 2
    membership.remove_from_group(small.parent_id, student_ids=[student.pk], by=by)
    assert not GroupMember.objects.exists(), "who leaves the large group leaves the small one"


def test_move_keeps_one_place_and_respects_locks(by):
    small = make.SmallGroupFactory(number=1)
    other = make.SmallGroupFactory(parent=small.parent, number=2)
    student = make.StudentFactory()
    membership.add_to_group(small.parent_id, student_ids=[student.pk], by=by)
    membership.add_to_group(small.pk, student_ids=[student.pk], by=by)
    assert membership.move_to_group(other.pk, student_ids=[student.pk], by=by) == 1
    assert (ids(small.members), ids(other.members)) == (set(), {student.pk})
    membership.lock_in_group(other.pk, student_id=student.pk, locked=True, by=by)
    with pytest.raises(MembershipRefused):
        membership.move_to_group(small.pk, student_ids=[student.pk], by=by)
    assert ids(other.members) == {student.pk}


def test_second_group_of_a_term_is_refused(by):
    place = make.GroupMemberFactory()
    second = make.LargeGroupFactory(term=place.term, number=2)
    with pytest.raises(MembershipRefused):
        membership.add_to_group(second.pk, student_ids=[place.student_id], by=by)
