"""Dealing groups: what the preview showed, keeping identities, and the way back."""

import time

import pytest

from academics.errors import AcademicsError, FieldError, InUse
from academics.models import GroupMember, StudentGroup
from academics.services import grouping, membership
from academics.services.rows import By
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


@pytest.fixture
def large(by):
    for index in range(12):
        make.StudentFactory(gender="male" if index % 3 else "female", gpa=f"{2 + index / 10:.2f}")
    return grouping.make_large_group(make.TermFactory(), level=1, name="Level 1", by=by)


def deal(large, groups, by, seed=1):
    large.refresh_from_db()
    version = grouping.state_of(large)
    return grouping.deal_groups(large.pk, groups=groups, seed=seed, version=version, by=by)


def placed(large):
    return {student: place.group.number for student, place in grouping.places_of(large).items()}


def test_large_group_takes_the_level_once(large, by):
    assert large.members.count() == 12
    with pytest.raises(FieldError):
        grouping.make_large_group(large.term, level=1, name="Again", by=by)


def test_dealing_is_what_the_preview_showed(large, by):
    wanted = grouping.proposal(large, groups=3, seed=5)
    deal(large, 3, by, seed=5)
    assert placed(large) == wanted
    assert sorted(g.members.count() for g in large.small_groups.all()) == [4, 4, 4]


def test_dealing_anew_keeps_the_groups_that_others_point_at(large, by):
    """Else what hangs on a group (sessions, boards) is gone, or means other people's group."""
    deal(large, 3, by)
    before = dict(large.small_groups.values_list("number", "pk"))
    deal(large, 4, by, seed=2)
    after = dict(large.small_groups.values_list("number", "pk"))
    assert {number: after[number] for number in before} == before
    assert len(after) == 4
    deal(large, 2, by)
    assert dict(large.small_groups.values_list("number", "pk")) == {n: before[n] for n in (1, 2)}


def test_locked_students_stay(large, by):
    deal(large, 3, by)
    student, number = next(iter(placed(large).items()))
    number = number % 3 + 1  # where no dealing would put them
    group = large.small_groups.get(number=number)
    membership.move_to_group(group.pk, student_ids=[student], by=by)
    membership.lock_in_group(group.pk, student_id=student, locked=True, by=by)
    for seed in range(3):
        wanted = grouping.proposal(large, groups=3, seed=seed)
        deal(large, 3, by, seed=seed)
        assert placed(large) == wanted
        assert wanted[student] == number
    assert GroupMember.objects.get(group=group, student_id=student).is_locked


def test_stale_preview_is_refused(large, by):
    version = grouping.state_of(large)
    membership.remove_from_group(large.pk, student_ids=[large.members.first().student_id], by=by)
    with pytest.raises(AcademicsError):
        grouping.deal_groups(large.pk, groups=2, seed=1, version=version, by=by)
    assert not StudentGroup.objects.filter(parent=large).exists()


def test_undo_puts_everybody_back(large, by):
    deal(large, 3, by)
    before = placed(large)
    run = deal(large, 2, by, seed=9)
    grouping.undo_dealing(run.pk, by=by)
    assert placed(large) == before
    grouping.undo_dealing(run.pk, by=by)  # harmless to repeat
    assert placed(large) == before


def test_undo_is_refused_after_a_move(large, by):
    run = deal(large, 2, by)
    student, number = next(iter(placed(large).items()))
    other = large.small_groups.exclude(number=number).get()
    membership.move_to_group(other.pk, student_ids=[student], by=by)
    with pytest.raises(AcademicsError):
        grouping.undo_dealing(run.pk, by=by)
    assert placed(large)[student] == other.number


def test_number_of_groups_has_bounds(large, by):
    with pytest.raises(FieldError):
        deal(large, 0, by)
    with pytest.raises(FieldError):
        deal(large, 201, by)
    assert issubclass(InUse, AcademicsError)


def test_two_hundred_students_in_a_second(by):
    term = make.TermFactory()
    make.StudentFactory.create_batch(200, level=2)
    large = grouping.make_large_group(term, level=2, name="Level 2", by=by)
    began = time.perf_counter()
    deal(large, 16, by)
    assert time.perf_counter() - began < 1
    assert len(placed(large)) == 200
