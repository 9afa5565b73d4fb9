"""Promotion: once, recorded, and back again exactly."""

import pytest
from django.utils import timezone

from academics.choices import TermKind, VeteranStatus
from academics.errors import AcademicsError
from academics.models import GroupMember, PromotionRun, StudentGroup, VeteranEvent, VeteranRecord
from academics.services import membership, promotion
from academics.services.rows import By
from accounts.models import StudentProfile
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


@pytest.fixture
def terms():
    return make.TermFactory(), make.TermFactory(kind=TermKind.EVEN)


def snapshot():
    return sorted(StudentProfile.objects.values_list("pk", "level", "status"))


def veteran(student, by, status):
    return VeteranRecord.objects.create(
        student=student, status=status, set_by_id=by.user_id, set_at=timezone.now()
    )


def test_levels_graduation_and_who_is_left_out(terms, by):
    first = make.StudentFactory(level=1)
    last = make.StudentFactory(level=7)
    away = make.StudentFactory(level=3, status="inactive")
    run = promotion.promote(terms[0].pk, terms[1].pk, by=by)
    for student in (first, last, away):
        student.refresh_from_db()
    assert (first.level, first.status) == (2, "active")
    assert (last.level, last.status) == (7, "graduated")
    assert (away.level, away.status) == (3, "inactive")
    assert (run.promoted, run.graduated) == (1, 1)


def test_second_promotion_is_refused(terms, by):
    """Else an impatient click promotes a thousand students twice."""
    student = make.StudentFactory(level=1)
    promotion.promote(terms[0].pk, terms[1].pk, by=by)
    with pytest.raises(AcademicsError):
        promotion.promote(terms[0].pk, terms[1].pk, by=by)
    student.refresh_from_db()
    assert student.level == 2
    assert PromotionRun.objects.count() == 1


@pytest.mark.parametrize("back", [True, False])
def test_only_into_a_later_odd_or_even_term(terms, by, back):
    to_term = terms[0] if back else make.TermFactory(kind=TermKind.SHORT)
    with pytest.raises(AcademicsError):
        promotion.promote(terms[1].pk, to_term.pk, by=by)


def test_groups_go_along_a_level_higher(terms, by):
    student, leaver = make.StudentFactory.create_batch(2, level=1)
    large = make.LargeGroupFactory(term=terms[0], name="Angkatan semester 1")
    small = make.SmallGroupFactory(parent=large, number=1)
    for group in (large, small):
        membership.add_to_group(group.pk, student_ids=[student.pk, leaver.pk], by=by)
    StudentProfile.objects.filter(pk=leaver.pk).update(status="left")
    made_before = make.LargeGroupFactory(term=terms[1], level=4)
    make.LargeGroupFactory(term=terms[0], level=3)
    promotion.promote(terms[0].pk, terms[1].pk, by=by)
    assert StudentGroup.objects.get(term=terms[1], level=4) == made_before, "left alone"
    copies = StudentGroup.objects.filter(term=terms[1]).exclude(level=4)
    assert sorted(copies.values_list("kind", "level", "name")) == [
        ("large", 2, "Angkatan semester 2"),
        ("small", 2, "Group 1"),
    ]
    assert copies.get(kind="small").parent == copies.get(kind="large")
    members = GroupMember.objects.filter(term=terms[1])
    assert set(members.values_list("student_id", flat=True)) == {student.pk}
    assert large.members.count() == 2


def test_veteran_counts_each_term_with_its_history(terms, by):
    """Else the office can't say how long somebody repeats: the predecessor stopped at 1."""
    student = make.StudentFactory(level=3)
    veteran(student, by, VeteranStatus.PENDING)
    odd = make.TermFactory(year=make.AcademicYearFactory(first_year=terms[0].year.first_year + 1))
    for before, after in ((terms[0], terms[1]), (terms[1], odd)):
        promotion.promote(before.pk, after.pk, by=by)
    record = VeteranRecord.objects.get()
    assert (record.status, record.terms, record.student.level) == ("active", 2, 5)
    told = VeteranEvent.objects.order_by("pk").values_list("from_status", "to_status", "level")
    assert list(told) == [("pending", "active", 4), ("active", "active", 5)]


def test_veterans_begin_and_never_graduate_by_promotion(terms, by):
    waiting = make.StudentFactory(level=4)
    long_one = make.StudentFactory(level=7)
    veteran(waiting, by, VeteranStatus.PENDING)
    veteran(long_one, by, VeteranStatus.ACTIVE)
    promotion.promote(terms[0].pk, terms[1].pk, by=by)
    waiting.refresh_from_db()
    long_one.refresh_from_db()
    assert (waiting.level, waiting.veteran.status, waiting.veteran.terms) == (5, "active", 1)
    assert (long_one.level, long_one.status, long_one.veteran.terms) == (7, "active", 1)
    assert VeteranEvent.objects.count() == 2


def test_revert_brings_everything_back(terms, by):
    for level in (1, 4, 7):
        make.StudentFactory(level=level)
    pending = make.StudentFactory(level=2)
    veteran(pending, by, VeteranStatus.PENDING)
    large = make.LargeGroupFactory(term=terms[0])
    ids = list(StudentProfile.objects.filter(level=1).values_list("pk", flat=True))
    membership.add_to_group(large.pk, student_ids=ids, by=by)
    before = snapshot()
    run = promotion.promote(terms[0].pk, terms[1].pk, by=by)
    assert snapshot() != before
    promotion.revert(run.pk, by=by)
    promotion.revert(run.pk, by=by)  # harmless to repeat
    assert snapshot() == before
    assert not StudentGroup.objects.filter(term=terms[1]).exists()
    record = VeteranRecord.objects.get()
    assert (record.status, record.terms) == ("pending", 0)
    again = promotion.promote(terms[0].pk, terms[1].pk, by=by)
    assert again.pk != run.pk


def test_revert_is_refused_after_a_change(terms, by):
    student = make.StudentFactory(level=1)
    run = promotion.promote(terms[0].pk, terms[1].pk, by=by)
    StudentProfile.objects.filter(pk=student.pk).update(level=3)
    with pytest.raises(AcademicsError):
        promotion.revert(run.pk, by=by)
    student.refresh_from_db()
    assert student.level == 3
