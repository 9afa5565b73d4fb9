"""Who teaches and who learns what in the demo faculty."""

import random
from collections import defaultdict
from itertools import chain

from academics.choices import ExpertiseKind, GroupKind, TeachingKind
from academics.dealing import Card, deal
from academics.demo import plan
from academics.models import (
    Class,
    ClassMember,
    CourseExpertise,
    CourseOffering,
    Expertise,
    GroupMember,
    LecturerExpertise,
    StudentGroup,
    TeachingRole,
    Term,
)
from accounts.choices import MainRole, StudentStatus
from accounts.models import LecturerProfile, StudentProfile

BATCH = 2000
STANDBY = "standby"


def seed_expertise(seed: int) -> None:
    """Each demo lecturer gets two fields and a competence; one on standby has just that."""
    Expertise.objects.get_or_create(name=STANDBY)
    ids = dict(Expertise.objects.values_list("name", "pk"))
    fresh = LecturerProfile.objects.filter(user__is_demo=True, expertise_rows=None)
    rows = []
    for lecturer in fresh.select_related("user").order_by("user__username"):
        chance = random.Random(f"{seed}:{lecturer.user.username}")  # noqa: S311 (a seed is wanted)
        if lecturer.main_role == MainRole.STANDBY:
            rows.append(LecturerExpertise(lecturer=lecturer, expertise_id=ids[STANDBY]))
            continue
        names = chance.sample(plan.EXPERTISES, 2)
        pairs = [(name, ExpertiseKind.EXPERTISE) for name in names]
        for name, kind in [*pairs, (names[0], ExpertiseKind.COMPETENCE)]:
            rows.append(LecturerExpertise(lecturer=lecturer, expertise_id=ids[name], kind=kind))
    LecturerExpertise.objects.bulk_create(rows)


def seed_roles(offerings: list[CourseOffering], seed: int) -> None:
    """A coordinator, a team and teachers for each offering, by expertise as far as it goes."""
    known = set(TeachingRole.objects.values_list("offering_id", flat=True))
    lecturers = LecturerProfile.objects.filter(user__is_demo=True).exclude(
        main_role=MainRole.STANDBY
    )
    by_role: dict[str, list[int]] = defaultdict(list)
    for pk, role in lecturers.order_by("user__username").values_list("pk", "main_role"):
        by_role[role].append(pk)
    fields: dict[int, set[int]] = defaultdict(set)
    for pk, expertise in LecturerExpertise.objects.values_list("lecturer_id", "expertise_id"):
        fields[pk].add(expertise)
    asked: dict[int, set[int]] = defaultdict(set)
    for course, expertise in CourseExpertise.objects.values_list("course_id", "expertise_id"):
        asked[course].add(expertise)
    rows = []
    for offering in offerings:
        if offering.pk not in known:
            wanted = asked[offering.course_id]
            chance = random.Random(f"{seed}:{offering.course.code}:{offering.term.starts_on}")  # noqa: S311
            rows += _roles_of(
                offering, by_role, {pk: fields[pk] & wanted for pk in fields}, chance
            )
    TeachingRole.objects.bulk_create(rows, batch_size=BATCH)


def _roles_of(
    offering: CourseOffering,
    by_role: dict[str, list[int]],
    fit: dict[int, set[int]],
    chance: random.Random,
) -> list[TeachingRole]:
    numbers = (
        (TeachingKind.COORDINATOR, MainRole.COORDINATOR, 1, "Koordinator blok"),
        (TeachingKind.TEAM, MainRole.TEAM, 2, "Tim blok"),
        (TeachingKind.TEACHER, MainRole.TEACHER, 5, "Tutor PBL"),
    )
    rows = []
    for kind, main_role, number, label in numbers:
        candidates = by_role[main_role.value].copy()
        chance.shuffle(candidates)
        candidates.sort(key=lambda pk: -len(fit.get(pk, ())))
        rows += [
            TeachingRole(offering=offering, lecturer_id=pk, kind=kind, label=label)
            for pk in candidates[:number]
        ]
    return rows


def seed_groups(term: Term, seed: int) -> None:
    """One large group a level and small ones of about a dozen, for the demo's active students.

    In past terms the students sat as many levels lower; who was not there yet is left out.
    """
    first_year, kind = plan.ACTIVE
    back = (first_year - term.year.first_year) * 2 + (0 if term.kind == kind else -1)
    if back < 0:
        return
    placed = set(
        GroupMember.objects.filter(term=term, kind=GroupKind.LARGE).values_list(
            "student_id", flat=True
        )
    )
    students = StudentProfile.objects.filter(user__is_demo=True, status=StudentStatus.ACTIVE)
    by_level: dict[int, list[StudentProfile]] = defaultdict(list)
    for student in students.exclude(level__lte=back).order_by("user__username"):
        if student.pk not in placed:
            by_level[student.level - back].append(student)
    for level, members in sorted(by_level.items()):
        _seed_level(term, level, members, seed)


def _seed_level(term: Term, level: int, students: list[StudentProfile], seed: int) -> None:
    large, _made = StudentGroup.objects.get_or_create(
        term=term,
        kind=GroupKind.LARGE,
        level=level,
        defaults={"name": f"Angkatan semester {level}"},
    )
    number = -(-len(students) // plan.GROUP_SIZE)
    known = set(large.small_groups.values_list("number", flat=True))
    StudentGroup.objects.bulk_create(
        StudentGroup(
            term=term,
            kind=GroupKind.SMALL,
            level=level,
            number=index,
            name=f"Kelompok {index}",
            parent=large,
        )
        for index in range(1, number + 1)
        if index not in known
    )
    small = dict(large.small_groups.values_list("number", "pk"))
    cards = [Card(s.pk, s.gender, float(s.gpa or 0)) for s in students]
    dealt = deal(cards, number, seed=seed)
    places = [
        (
            GroupMember(group=large, student=s, term=term, kind=GroupKind.LARGE),
            GroupMember(
                group_id=small[dealt[s.pk] + 1], student=s, term=term, kind=GroupKind.SMALL
            ),
        )
        for s in students
    ]
    GroupMember.objects.bulk_create(chain.from_iterable(places), batch_size=BATCH)


def seed_classes(term: Term) -> None:
    """Blocks and skills have one class, the large group; other courses have classes of 60."""
    members: dict[int, list[int]] = defaultdict(list)
    large = StudentGroup.objects.filter(term=term, kind=GroupKind.LARGE)
    places = GroupMember.objects.filter(
        group__in=large, student__user__is_demo=True, is_extra=False
    )
    ordered = places.order_by("student__user__username")
    for group_id, student_id in ordered.values_list("group_id", "student_id"):
        members[group_id].append(student_id)
    groups = {group.level: group for group in large if members[group.pk]}
    placed: dict[int, set[int]] = defaultdict(set)
    for offering_id, student_id in ClassMember.objects.filter(offering__term=term).values_list(
        "offering_id", "student_id"
    ):
        placed[offering_id].add(student_id)
    rows: list[ClassMember] = []
    for offering in CourseOffering.objects.filter(term=term).select_related("course"):
        group = groups.get(offering.course.level)
        if group is not None:
            missing = [s for s in members[group.pk] if s not in placed[offering.pk]]
            rows += _class_places(offering, group, missing)
    ClassMember.objects.bulk_create(rows, batch_size=BATCH)


def _class_places(
    offering: CourseOffering, group: StudentGroup, students: list[int]
) -> list[ClassMember]:
    if not students:
        return []
    if offering.course.kind != "regular":
        whole, _made = Class.objects.get_or_create(
            offering=offering,
            name="Kelas besar",
            defaults={"group": group},
        )
        return [ClassMember(course_class=whole, student_id=s, offering=offering) for s in students]
    rows = []
    for index, start in enumerate(range(0, len(students), plan.CLASS_SIZE)):
        part, _made = Class.objects.get_or_create(
            offering=offering,
            name=f"Kelas {_letters(index)}",
            defaults={"capacity": plan.CLASS_SIZE},
        )
        rows += [
            ClassMember(course_class=part, student_id=student, offering=offering)
            for student in students[start : start + plan.CLASS_SIZE]
        ]
    return rows


def _letters(index: int) -> str:
    """A, B .. Z, AA, AB: as spreadsheets count."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
