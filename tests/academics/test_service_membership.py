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


@pytest.fixture
def divided():
    """A large group with two small ones; a student in the first and one in none."""
    small = make.SmallGroupFactory()
    other = make.SmallGroupFactory(parent=small.parent)
    placed, free = make.StudentFactory.create_batch(2)
    for student in (placed, free):
        make.GroupMemberFactory(group=small.parent, student=student)
    make.GroupMemberFactory(group=small, student=placed)
    return small, other, placed, free


@pytest.mark.parametrize("target", ["small group", "out"])
def test_move_is_undone_for_who_is_still_there(by, divided, target):
    """Else a wrong drop on the board has to be found and mended student by student."""
    small, other, placed, free = divided
    large, moved_to = small.parent_id, other.pk if target == "small group" else 0
    if moved_to:
        membership.move_to_group(moved_to, student_ids=[placed.pk, free.pk], by=by)
    else:
        membership.remove_from_group(large, student_ids=[placed.pk, free.pk], by=by)
    places = {small.pk: [placed.pk], 0: [free.pk]}
    for back in (2, 0):  # the second press finds nothing to do
        assert membership.put_back(large, moved_to=moved_to, places=places, by=by) == back
        assert ids(small.members) == {placed.pk}
        assert ids(other.members) == set()
        assert ids(small.parent.members) == {placed.pk, free.pk}


def test_who_went_on_is_not_fetched_back(by, divided):
    """Else an undo of yesterday's page undoes what a colleague did since."""
    small, other, placed, _free = divided
    third = make.SmallGroupFactory(parent=small.parent)
    membership.move_to_group(other.pk, student_ids=[placed.pk], by=by)
    membership.move_to_group(third.pk, student_ids=[placed.pk], by=by)
    places = {small.pk: [placed.pk]}
    assert membership.put_back(small.parent_id, moved_to=other.pk, places=places, by=by) == 0
    assert ids(third.members) == {placed.pk}


def test_way_back_into_another_family_is_refused(by, divided):
    """Else an address made up by hand mixes two years of students."""
    small, _other, placed, _free = divided
    foreign = make.SmallGroupFactory(parent__level=2, parent__term=small.term)
    with pytest.raises(MembershipRefused):
        membership.put_back(
            small.parent_id, moved_to=small.pk, places={foreign.pk: [placed.pk]}, by=by
        )
