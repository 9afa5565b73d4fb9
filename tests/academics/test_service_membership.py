"""Members change in one place, and what follows a group is never behind."""

import pytest

from academics.errors import InUse, MembershipRefused
from academics.models import Class, ClassMember, GroupMember, StudentGroup
from academics.services import grouping, membership
from academics.services.classes import make_classes_of_group, save_class
from academics.services.rows import By
from notifications.models import Notice, Notification
from tests.conftest import make_user
from tests.factories import academics as make
from tests.notifications.cast import deliver

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


def test_second_group_of_a_term_is_only_for_who_sits_in_several_levels(by):
    place = make.GroupMemberFactory()
    second = make.LargeGroupFactory(term=place.term, number=2)
    with pytest.raises(MembershipRefused):
        membership.add_to_group(second.pk, student_ids=[place.student_id], by=by)
    make.VeteranFactory(student=place.student, is_multi=True)
    membership.add_to_group(second.pk, student_ids=[place.student_id], by=by)
    assert second.members.get().is_extra


def test_group_made_by_mistake_goes_with_its_places(by, divided):
    """Else who chose the wrong term ticks 250 students before the group can go."""
    small, _other, placed, free = divided
    large = small.parent
    follower = make.ClassFactory(offering__term=large.term, group=large)
    make.ClassMemberFactory(course_class=follower, student=free)
    large.grouping_runs.create(seed=1, groups=1, made_by_id=by.user_id)
    with pytest.raises(InUse):
        grouping.delete_group(large, by=by)
    assert (GroupMember.objects.count(), follower.members.count()) == (3, 1), "nothing half gone"
    follower.members.all().delete()
    follower.delete()
    Notice.objects.all().delete()
    grouping.delete_group(large, by=by)
    assert not StudentGroup.objects.exists()
    notice = Notice.objects.get()
    assert notice.kind == "academics.group_left"
    deliver(notice)
    told = set(Notification.objects.values_list("person_id", flat=True))
    assert told == {placed.pk, free.pk}


def test_courses_of_a_level_get_their_classes_at_once(by, divided):
    """Else the office fills in the same form for each of 24 courses each September."""
    large = divided[0].parent
    level = large.level
    bare, own, _above = (
        make.CourseOfferingFactory(term=large.term, course__level=each)
        for each in (level, level, level + 2)
    )
    make.ClassFactory(offering=own, name="A")
    for made in (1, 0):
        assert make_classes_of_group(large.pk, by=by) == made
    row = Class.objects.get(group=large)
    assert (row.offering, ids(row.members)) == (bare, ids(large.members))
    assert list(Notice.objects.values_list("kind", flat=True)) == ["academics.classes_changed"]


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
