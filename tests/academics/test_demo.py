"""The demo faculty has a structure: whole, the same each time, and nothing twice."""

from collections import Counter, defaultdict

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Max, Min

from academics import models
from academics.choices import GroupKind
from accounts.models import StudentProfile

pytestmark = pytest.mark.django_db
STUDENTS, LECTURERS = 60, 20


def counts():
    names = [
        "AcademicYear", "Term", "Course", "CourseOffering", "Module", "Room", "StudentGroup",
        "GroupMember", "Class", "ClassMember", "TeachingRole", "LecturerExpertise",
        "StudentEntry", "Material", "VeteranRecord", "VeteranLevel",
    ]  # fmt: skip
    return {name: getattr(models, name).objects.count() for name in names}


def places():
    rows = models.GroupMember.objects.filter(kind=GroupKind.SMALL, term__is_active=True)
    return set(rows.values_list("student__user__username", "group__level", "group__number"))


def test_seed_fills_the_structure_once():
    call_command("seed_demo", students=STUDENTS, lecturers=LECTURERS)
    first, dealt, known = counts(), places(), knowledge()
    models.LecturerExpertise.objects.all().delete()
    call_command("seed_demo", students=STUDENTS, lecturers=LECTURERS)

    assert (counts(), places(), knowledge()) == (first, dealt, known)
    assert (first["AcademicYear"], first["Term"], first["Room"]) == (2, 4, 30)
    assert first["Course"] == 59
    assert set(models.Course.objects.values_list("level", flat=True)) == {None, *range(1, 8)}
    assert models.Term.objects.get(is_active=True).year.first_year == 2026
    assert first["VeteranRecord"] == 4
    assert first["Material"] == 16
    entered = models.StudentEntry.objects.filter(term__is_active=True)
    assert set(entered.values_list("student__level", flat=True)) == {1}
    _expertise_is_believable()
    multi = models.VeteranRecord.objects.get(is_multi=True)
    assert multi.levels.count() == 2
    assert multi.student.group_places.filter(is_extra=True).exists(), "and sits in the lower level"
    given = models.CourseOffering.objects.filter(term__is_active=True).exclude(syllabus=None)
    assert given.count() == 24, "a quarter still owes its syllabus"
    sizes = models.Class.objects.annotate(people=Count("members"))
    assert not sizes.filter(people__gt=F("capacity")).exists(), "no class is over capacity"


def _expertise_is_believable():
    """Else the demo's lecturers break the rules that its office must keep."""
    rows = models.LecturerExpertise.objects.order_by("pk")
    known = defaultdict(list)
    for pk, role, kind, name in rows.values_list(
        "lecturer_id", "lecturer__main_role", "kind", "expertise__name"
    ):
        known[pk, role].append((kind, name))
    for (pk, role), pairs in known.items():
        kinds = Counter(kind for kind, _name in pairs)
        if role == "standby":
            assert pairs == [("expertise", "standby")], pk
        else:
            assert (kinds["expertise"], kinds["competence"]) == (2, 1), pk
    assert len(known) == LECTURERS
    coordinators = models.TeachingRole.objects.filter(
        kind="coordinator", offering__course__expertise_rows__isnull=False
    )
    fitting = coordinators.filter(
        lecturer__expertise_rows__expertise=F("offering__course__expertise_rows__expertise")
    )
    share = fitting.distinct().count() / coordinators.distinct().count()
    assert share > 0.3, "the best of them by expertise, as far as the few lecturers go"


def knowledge():
    rows = models.LecturerExpertise.objects.values_list(
        "lecturer__user__username", "expertise__name", "kind"
    )
    return set(rows)


def test_every_active_student_is_in_groups_and_classes():
    """Else a demo student opens an empty home page."""
    call_command("seed_demo", students=STUDENTS, lecturers=LECTURERS)
    active = models.Term.objects.get(is_active=True)
    wanted = set(StudentProfile.objects.filter(status="active").values_list("pk", flat=True))
    for kind in GroupKind:
        rows = models.GroupMember.objects.filter(term=active, kind=kind)
        assert set(rows.values_list("student_id", flat=True)) == wanted
    rows = models.ClassMember.objects.filter(offering__term=active)
    assert set(rows.values_list("student_id", flat=True)) == wanted
    sizes = (
        models.StudentGroup.objects.filter(term=active, kind=GroupKind.SMALL, level=1)
        .annotate(people=Count("members"))
        .aggregate(Min("people"), Max("people"))
    )
    assert sizes["people__max"] - sizes["people__min"] <= 1


def test_later_students_join_the_groups():
    call_command("seed_demo", students=20, lecturers=5)
    call_command("seed_demo", students=STUDENTS, lecturers=5)
    active = models.Term.objects.get(is_active=True)
    places = models.GroupMember.objects.filter(term=active, is_extra=False)
    large = places.filter(kind=GroupKind.LARGE)
    assert large.count() == places.count() - large.count()
    assert models.StudentGroup.objects.filter(term=active, kind=GroupKind.LARGE).count() == 4
