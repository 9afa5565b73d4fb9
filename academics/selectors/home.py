"""What home pages show of the faculty's structure."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone

from academics.choices import STRUCTURE, CourseKind, GroupKind, TeachingKind
from academics.models import (
    Class,
    Course,
    CourseOffering,
    GroupMember,
    Material,
    Room,
    StudentGroup,
    TeachingRole,
    Term,
)
from academics.models.courses import weeks_between
from academics.selectors.classes import SIZE
from academics.selectors.gaps import (
    CLASSES,
    COORDINATOR,
    SYLLABUS,
    incomplete_offerings,
    students_without_group,
)
from academics.selectors.places import Places
from accounts.models import LecturerProfile, StudentProfile
from accounts.services.accounts import PEOPLE
from isme.lib.caching import cached
from isme.lib.prepared import Prepared

SOFT_SECONDS, HARD_SECONDS = 300, 3600
TERMS_IN_TREND = 6
FIGURES = ("courses", "classes", "rooms", "lecturers", "students")


@dataclass(frozen=True)
class Running:
    """An offering and where it stands today: week ``week`` of ``weeks``, both from 1.

    These are weeks of the calendar, as the card of the term counts them; how many have teaching
    is another number. ``percent`` of its days are over; 100 is a course that has ended.
    """

    offering: CourseOffering
    week: int
    weeks: int
    percent: int
    has_begun: bool = True
    is_over: bool = False


def running(offering: CourseOffering, today: date) -> Running:
    """Where ``offering`` stands; before its first day that is week 1. No queries."""
    days = (offering.ends_on - offering.starts_on).days + 1
    weeks = weeks_between(offering.starts_on, offering.ends_on)
    week = weeks_between(offering.starts_on, today)
    over = min(max((today - offering.starts_on).days, 0), days)
    return Running(
        offering,
        min(max(week, 1), weeks),
        weeks,
        100 * over // days,
        has_begun=offering.starts_on <= today,
        is_over=offering.ends_on < today,
    )


def _now(offerings: "QuerySet[CourseOffering]", today: date) -> list[Running]:
    """Those of the active term that run today: blocks first, then by code. 1 query."""
    rows = offerings.filter(
        term__is_active=True, starts_on__lte=today, ends_on__gte=today
    ).select_related("course", "term__year")
    found = sorted(rows, key=lambda row: (row.course.kind != CourseKind.BLOCK, row.course.code))
    return [running(row, today) for row in found]


@dataclass(frozen=True)
class Taken:
    """What a student takes in the active term: the ids of it, in order."""

    offerings: tuple[int, ...]
    classes: tuple[int, ...]
    groups: tuple[int, ...]

    @property
    def places(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self.classes, self.groups


def taken(places: Places) -> Taken:
    """What of ``places`` is of the active term. Many students take the same. No query."""
    now = places.now
    return Taken(now.offerings, now.classes, now.groups)


def running_now(offering_ids: Iterable[int], today: date) -> list[Running]:
    """Which of these run today: 1 query."""
    return _now(CourseOffering.objects.filter(pk__in=offering_ids), today)


def lecturers_of(offering_ids: list[int]) -> dict[int, list[TeachingRole]]:
    """Who teaches what, the coordinator first: 1 query."""
    order = list(TeachingKind)
    rows = TeachingRole.objects.filter(offering_id__in=offering_ids).select_related(
        "lecturer__user"
    )
    found: dict[int, list[TeachingRole]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (order.index(TeachingKind(r.kind)), r.pk)):
        found[row.offering_id].append(row)
    return found


def places(class_ids: Sequence[int], group_ids: Sequence[int]) -> dict[str, Any]:
    """These classes and groups with how many are in them: 2 queries."""
    return {"classes": _classes(among=class_ids), "groups": _groups(among=group_ids)}


@Prepared
def _classes(*, among: Sequence[int]) -> "QuerySet[Class]":
    rows = Class.objects.filter(pk__in=among).select_related("offering__course")
    return rows.annotate(people=SIZE).order_by("offering__course__code", "pk")


@Prepared
def _groups(*, among: Sequence[int]) -> "QuerySet[StudentGroup]":
    rows = StudentGroup.objects.filter(pk__in=among)
    return rows.annotate(people=Count("members")).order_by("kind", "pk")


def new_materials(offering_ids: Iterable[int], *, limit: int = 5) -> list[Material]:
    """The newest files of these offerings: 1 query."""
    rows = Material.objects.filter(offering_id__in=offering_ids)
    return list(
        rows.select_related("offering__course", "file").order_by("-added_at", "-pk")[:limit]
    )


def lecturer_courses(user_id: int) -> list[TeachingRole]:
    """A lecturer's roles in the active term, by course: 1 query."""
    rows = TeachingRole.objects.filter(lecturer_id=user_id, offering__term__is_active=True)
    return list(rows.select_related("offering__course").order_by("offering__course__code", "kind"))


def lecturer_owes(user_id: int) -> list[dict[str, Any]]:
    """What is missing in the courses that somebody coordinates or is of the team of: 1 query.

    The coordinator owes the syllabus; coordinator and team owe materials (domain 2.4).
    """
    mine = TeachingRole.objects.filter(lecturer_id=user_id, offering=OuterRef("pk"))
    offerings = (
        CourseOffering.objects.filter(term__is_active=True)
        .annotate(
            coordinates=Exists(mine.filter(kind=TeachingKind.COORDINATOR)),
            on_team=Exists(mine.filter(kind=TeachingKind.TEAM)),
            has_material=Exists(Material.objects.filter(offering=OuterRef("pk"))),
        )
        .filter(
            Q(coordinates=True, syllabus=None)
            | Q(has_material=False) & (Q(coordinates=True) | Q(on_team=True))
        )
        .select_related("course")
        .order_by("starts_on", "course__code", "pk")
    )
    return [
        {
            "offering": row,
            "syllabus": row.coordinates and row.syllabus_id is None,
            "material": not row.has_material,
        }
        for row in offerings
    ]


def office_gaps() -> dict[str, int]:
    """How much waits for the office in the active term, and whether there is one ("terms").

    "at" is the second since 1970 at which it was counted. Kept up to 5 minutes, and as long as
    neither structure nor people change; 1 exchange.
    """
    found: dict[str, int] = cached(
        "academics.gaps",
        versions=[STRUCTURE, PEOPLE],
        soft=SOFT_SECONDS,
        hard=HARD_SECONDS,
        compute=_office_gaps,
    )
    return found


def _office_gaps() -> dict[str, int]:
    """1 query."""
    counted = _count("groupless", students_without_group()).union(
        _count("terms", Term.objects.filter(is_active=True)),
        *(_count(gap, incomplete_offerings(gap)) for gap in (COORDINATOR, SYLLABUS, CLASSES)),
        all=True,
    )
    return {name: n for name, _term, _starts, n in counted} | {"at": int(time.time())}


def faculty_figures() -> list[dict[str, Any]]:
    """Courses, classes, rooms, lecturers, students: now, and over the last terms.

    ``trend`` has one number for each of up to six terms that had anything, the newest last; empty where a figure
    has no history. Kept up to 5 minutes.
    """
    found: list[dict[str, Any]] = cached(
        "academics.figures",
        versions=[STRUCTURE, PEOPLE],
        soft=SOFT_SECONDS,
        hard=HARD_SECONDS,
        compute=_faculty_figures,
    )
    return found


def _faculty_figures() -> list[dict[str, Any]]:
    """What there was in each term that has begun, and what there is now: 1 query."""
    large = GroupMember.objects.filter(kind=GroupKind.LARGE)
    active = {"user__is_active": True}
    counted = _per_term("courses", CourseOffering.objects.all(), "term").union(
        _per_term("classes", Class.objects.all(), "offering__term"),
        _per_term("lecturers", TeachingRole.objects.all(), "offering__term", "lecturer_id"),
        _per_term("students", large, "term", "student_id"),
        _count("courses", Course.objects.all()),
        _count("rooms", Room.objects.all()),
        _count("lecturers", LecturerProfile.objects.filter(**active)),
        _count("students", StudentProfile.objects.filter(status="active", **active)),
        all=True,
    )
    trends: dict[str, dict[int, int]] = defaultdict(dict)
    now: dict[str, int] = {}
    begun: set[tuple[date, int]] = set()
    for name, term, starts_on, n in counted:
        if term is None:
            now[name] = n
        else:
            trends[name][term] = n
            begun.add((starts_on, term))
    terms = [term for _starts_on, term in sorted(begun)[-TERMS_IN_TREND:]]
    if terms:
        now["classes"] = trends["classes"].get(terms[-1], 0)
    return [
        {
            "name": name,
            "now": now.get(name, 0),
            "trend": [trends[name].get(term, 0) for term in terms] if name in trends else [],
        }
        for name in FIGURES
    ]


def _count(name: str, rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    """One row (name, no term, no day, count): to be joined with others by UNION."""
    named = rows.order_by().annotate(
        figure=Value(name, output_field=CharField()),
        in_term=Value(None, output_field=BigIntegerField()),
        since=Value(None, output_field=DateField()),
    )
    counted: QuerySet[Any, Any] = named.values("figure", "in_term", "since").annotate(
        n=Count("pk")
    )
    return counted.values_list("figure", "in_term", "since", "n")


def _per_term(name: str, rows: "QuerySet[Any]", term: str, of: str = "pk") -> "QuerySet[Any, Any]":
    """A row (name, term, its first day, number of different ``of``) for each term with any."""
    first_day = f"{term}__starts_on"
    named = rows.filter(**{f"{first_day}__lte": timezone.localdate()}).order_by()
    named = named.annotate(figure=Value(name, output_field=CharField()))
    counted: QuerySet[Any, Any] = named.values("figure", term, first_day).annotate(
        n=Count(of, distinct=True)
    )
    return counted.values_list("figure", term, first_day, "n")
