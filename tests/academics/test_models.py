"""The database refuses what the faculty's rules forbid, whoever writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from academics import models
from academics.choices import CourseKind, GroupKind, TeachingKind, TermKind, VeteranStatus
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


def refused(function, *args, **kwargs):
    with pytest.raises(IntegrityError), transaction.atomic():
        function(*args, **kwargs)


def test_one_active_year_and_term():
    """Else two pages disagree about which term it is."""
    odd = make.TermFactory(is_active=True)
    even = make.TermFactory(kind=TermKind.EVEN)
    refused(models.Term.objects.filter(pk=even.pk).update, is_active=True)
    make.AcademicYearFactory(first_year=2025, is_active=True)
    refused(models.AcademicYear.objects.filter(pk=odd.year_id).update, is_active=True)
    models.Term.objects.filter(pk=odd.pk).update(is_active=False)
    models.Term.objects.filter(pk=even.pk).update(is_active=True)
    assert [t.pk for t in models.Term.objects.filter(is_active=True)] == [even.pk]


def test_term_once_per_year_and_kind():
    term = make.TermFactory()
    refused(
        models.Term.objects.create,
        year=term.year,
        kind=term.kind,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
    )


def test_term_ends_after_its_start():
    day = dt.date(2026, 8, 1)
    refused(make.TermFactory, starts_on=day, ends_on=day)


@pytest.mark.parametrize(
    "fields",
    [
        {"level": 0},
        {"level": 8},
        {"kind": CourseKind.BLOCK, "block_no": None},
        {"kind": CourseKind.BLOCK, "block_no": 0},
        {"kind": CourseKind.REGULAR, "block_no": 1},
        {"kind": CourseKind.CSR, "level": None},
        {"kind": "lecture"},
        {"curriculum_year": 24},
        {"credits": 0},
    ],
)
def test_course_that_cannot_be(fields):
    refused(make.CourseFactory, **fields)


def test_course_code_is_exact_and_unique():
    make.CourseFactory(code="MKB241")
    refused(make.CourseFactory, code="MKB241")
    make.CourseFactory(code="mkb241")


def test_offering_once_per_term():
    offering = make.CourseOfferingFactory()
    refused(make.CourseOfferingFactory, course=offering.course, term=offering.term)


def test_one_coordinator_per_offering():
    """Else two lecturers upload the syllabus over each other."""
    role = make.TeachingRoleFactory(kind=TeachingKind.COORDINATOR)
    refused(make.TeachingRoleFactory, offering=role.offering, kind=TeachingKind.COORDINATOR)
    make.TeachingRoleFactory(offering=role.offering, kind=TeachingKind.TEAM)
    make.TeachingRoleFactory(offering=role.offering, kind=TeachingKind.TEAM)
    make.TeachingRoleFactory(kind=TeachingKind.COORDINATOR)
    refused(
        make.TeachingRoleFactory, offering=role.offering, lecturer=role.lecturer, kind=role.kind
    )


def test_one_class_per_student_and_course():
    place = make.ClassMemberFactory()
    other = make.ClassFactory(offering=place.offering)
    refused(make.ClassMemberFactory, course_class=other, student=place.student)
    make.ClassMemberFactory(student=place.student)


def test_one_group_of_each_kind_per_term():
    place = make.GroupMemberFactory()
    student = place.student
    second = make.LargeGroupFactory(term=place.term, number=2)
    refused(make.GroupMemberFactory, group=second, student=student)
    make.GroupMemberFactory(group=second, student=student, is_extra=True)  # a multi-veteran
    small = make.SmallGroupFactory(parent=place.group)
    make.GroupMemberFactory(group=small, student=student)
    other = make.SmallGroupFactory(parent=place.group)
    refused(make.GroupMemberFactory, group=other, student=student)


def test_group_number_once():
    small = make.SmallGroupFactory()
    refused(make.SmallGroupFactory, parent=small.parent, number=small.number)
    short = make.TermFactory(kind=TermKind.SHORT)
    make.LargeGroupFactory(term=short, level=None)
    refused(make.LargeGroupFactory, term=short, level=None)


def test_small_group_and_only_that_has_a_parent():
    large = make.LargeGroupFactory()
    refused(make.LargeGroupFactory, number=2, term=large.term, parent=large)
    refused(make.LargeGroupFactory, number=3, term=large.term, kind=GroupKind.SMALL)


@pytest.mark.parametrize("capacity", [0, 10_001])
def test_room_capacity(capacity):
    refused(make.RoomFactory, capacity=capacity)


def test_expertise_is_one_whatever_its_case():
    make.ExpertiseFactory(name="Kardiologi")
    refused(make.ExpertiseFactory, name="kardiologi")


def test_promotion_once_per_pair_until_reverted():
    """Else a second click promotes the whole faculty twice."""
    odd, even = make.TermFactory(), make.TermFactory(kind=TermKind.EVEN)
    by = make_user(role="office")
    run = models.PromotionRun.objects.create(from_term=odd, to_term=even, made_by=by)
    refused(models.PromotionRun.objects.create, from_term=odd, to_term=even, made_by=by)
    short = make.TermFactory(kind=TermKind.SHORT)
    refused(models.PromotionRun.objects.create, from_term=odd, to_term=short, made_by=by)
    refused(models.PromotionRun.objects.create, from_term=short, to_term=even, made_by=by)
    run.reverted_by, run.reverted_at = by, timezone.now()
    run.save()
    models.PromotionRun.objects.create(from_term=odd, to_term=even, made_by=by)
    assert models.PromotionRun.objects.count() == 2


def test_veteran_completed_has_time():
    student, by = make.StudentFactory(), make_user(role="office")
    refused(
        models.VeteranRecord.objects.create,
        student=student,
        status=VeteranStatus.COMPLETED,
        set_by=by,
        set_at=timezone.now(),
    )


def test_nothing_that_others_hang_on_is_deleted():
    """Else a room or a course takes the history of a year with it."""
    place = make.ClassMemberFactory()
    role = make.TeachingRoleFactory(offering=place.offering)
    group_place = make.GroupMemberFactory()
    for row in (
        place.offering.course,
        place.offering.term,
        place.offering,
        place.course_class,
        place.student,
        role.lecturer,
        group_place.group,
        group_place.term.year,
    ):
        with pytest.raises(ProtectedError):
            row.delete()
