"""What reports say of the faculty's structure: a query each, for one term or for all."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from academics.choices import TeachingKind
from academics.models import (
    Class,
    ClassMember,
    Material,
    Module,
    Room,
    TeachingRole,
    Term,
)
from academics.selectors.classes import SIZE
from academics.selectors.gaps import LACKS, with_gaps
from accounts.models import LecturerProfile

MOST_BARS = 12


def active_term() -> str:
    """The id of the active term as text, "" without one: 1 query."""
    found = Term.objects.filter(is_active=True).values_list("pk", flat=True).first()
    return str(found or "")


def terms() -> list[tuple[str, str]]:
    """Every term, the newest first: 1 query."""
    rows = Term.objects.select_related("year").order_by("-starts_on", "-pk")
    return [(str(row.pk), str(row)) for row in rows]


def teaching(term: str) -> "QuerySet[Any, Any]":
    """Active lecturers with the number of their roles of each kind and of their courses."""
    within = Q(teaching_roles__offering__term=term) if term else Q(teaching_roles__isnull=False)
    rows = LecturerProfile.objects.filter(user__is_active=True).select_related("user")
    return rows.annotate(
        coordinates=_roles(within, TeachingKind.COORDINATOR),
        on_team=_roles(within, TeachingKind.TEAM),
        teaches=_roles(within, TeachingKind.TEACHER),
        roles=Count("teaching_roles", filter=within),
        courses=Count("teaching_roles__offering", filter=within, distinct=True),
    )


def _roles(within: Q, kind: TeachingKind) -> Count:
    return Count("teaching_roles", filter=within & Q(teaching_roles__kind=kind))


def busiest_lecturers(term: str) -> list[tuple[str, int]]:
    """Name and number of roles of those with most: 1 query."""
    rows = teaching(term).filter(roles__gt=0).order_by("-roles", "user__name", "pk")
    return [(row.user.name, row.roles) for row in rows[:MOST_BARS]]


def classes(term: str) -> "QuerySet[Any, Any]":
    """Classes with their people and the rooms that hold all their places.

    Without a capacity of its own (it follows a group) a class needs room for its people.
    """
    rows: QuerySet[Any, Any] = Class.objects.select_related("offering__course")
    if term:
        rows = rows.filter(offering__term=int(term))
    rows = rows.annotate(people=SIZE)
    needed = Coalesce(OuterRef("capacity"), OuterRef("people"))
    large_enough = Room.objects.filter(capacity__gte=needed)
    held = large_enough.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk"))
    counted: QuerySet[Any, Any] = rows.annotate(fitting=_number(Subquery(held.values("n"))))
    return counted


def fullest_classes(term: str) -> list[tuple[str, int]]:
    """Course and class with the part of their places that is taken, in percent: 1 query."""
    rows = classes(term).filter(people__gt=0, capacity__isnull=False)
    found = [
        (f"{row.offering.course.code} {row.name}", _fullness(row.people, row.capacity))
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:MOST_BARS]


def _fullness(people: int, capacity: int) -> int:
    """In percent; 100 only for a class that is just full, as the table has it."""
    percent = round(100 * people / capacity)
    if people == capacity:
        return percent
    return max(percent, 101) if people > capacity else min(percent, 99)


def completeness(term: str, lacks: str) -> "QuerySet[Any, Any]":
    """Offerings with what they have; with ``lacks``, those that lack it (gaps.LACKS)."""
    rows: QuerySet[Any, Any] = with_gaps().select_related("course", "term__year")
    if term:
        rows = rows.filter(term=int(term))
    if lacks:
        rows = rows.filter(LACKS[lacks])
    counted: QuerySet[Any, Any] = rows.annotate(
        materials_n=_of_offering(Material.objects.all()),
        modules_n=_of_offering(Module.objects.all()),
        lecturers_n=_of_offering(TeachingRole.objects.all(), "lecturer"),
        students_n=_of_offering(ClassMember.objects.all()),
    )
    return counted


def most_materials(term: str) -> list[tuple[str, int]]:
    """Code and number of materials of the courses with most: 1 query."""
    rows = completeness(term, "").filter(materials_n__gt=0)
    rows = rows.order_by("-materials_n", "course__code", "pk")[:MOST_BARS]
    return [(row.course.code, row.materials_n) for row in rows]


def _of_offering(rows: "QuerySet", of: str = "pk") -> Coalesce:  # type: ignore[type-arg]
    """How many ``of`` the offering has, counted apart: joined, each would multiply the others."""
    found = rows.filter(offering=OuterRef("pk")).order_by().values("offering")
    return _number(Subquery(found.annotate(n=Count(of, distinct=True)).values("n")))


def _number(found: Subquery) -> Coalesce:
    return Coalesce(found, Value(0), output_field=IntegerField())
