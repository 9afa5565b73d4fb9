"""What the course pages show. Lists fetch their page first, then what belongs to its rows."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from academics.choices import TeachingKind
from academics.models import Course, CourseOffering, TeachingRole, Term
from academics.selectors.classes import SIZE
from academics.selectors.gaps import incomplete_offerings
from accounts.models import User

ORDERS = {
    "code": ("code",),
    "-code": ("-code",),
    "name": ("name", "code"),
    "-name": ("-name", "-code"),
    "level": ("level", "code"),
    "-level": ("-level", "-code"),
}


def courses(
    *, q: str = "", level: str = "", kind: str = "", gap: str = "", term_id: int | None = None
) -> "QuerySet[Course]":
    """Courses by a part of code or name, level ("0": none), kind, and where ``term_id`` has them.

    ``gap`` keeps those whose offering of the active term lacks it (academics.selectors.gaps).
    """
    found = Course.objects.all()
    if q:
        # Codes are kept in capitals, and compared exactly on MariaDB.
        found = found.filter(Q(code__contains=q.upper()) | Q(name__icontains=q))
    if level:
        found = found.filter(level=int(level) or None)
    if kind:
        found = found.filter(kind=kind)
    if gap:
        found = found.filter(pk__in=incomplete_offerings(gap).values("course"))
    if term_id is not None:
        found = found.filter(
            pk__in=CourseOffering.objects.filter(term_id=term_id).values("course")
        )
    return found


def attach_offerings(rows: Sequence[Any], term: Term | None) -> None:
    """Give each course its ``offering`` in ``term`` (or None) with ``coordinator``: 2 queries."""
    offerings: dict[int, Any] = {}
    if term is not None and rows:
        found = CourseOffering.objects.filter(term=term, course__in=[row.pk for row in rows])
        offerings = {o.course_id: o for o in found.annotate(class_count=Count("classes"))}
    roles = TeachingRole.objects.filter(
        kind=TeachingKind.COORDINATOR, offering__in=[o.pk for o in offerings.values()]
    )
    names: dict[int, str] = {}
    if offerings:
        names = dict(roles.values_list("offering_id", "lecturer__user__name"))
    for row in rows:
        row.offering = offerings.get(row.pk)
        if row.offering is not None:
            row.offering.coordinator = names.get(row.offering.pk, "")


def offerings_of_course(course: Course) -> list[CourseOffering]:
    """Where the course was, is and will be given, the newest first: 1 query."""
    found = course.offerings.select_related("term__year")
    return list(found.order_by("-term__starts_on", "-pk"))


def chosen_offering(asked: str, offerings: list[CourseOffering]) -> CourseOffering | None:
    """The one whose term the address asks for, else the active term's, else the newest."""
    for offering in offerings:
        if str(offering.term_id) == asked:
            return offering
    active = [offering for offering in offerings if offering.term.is_active]
    return next(iter(active or offerings), None)


def teaching_kinds(user: User, offering_id: int) -> set[str]:
    """The roles that ``user`` has in the offering: 1 query for lecturers, 0 for others."""
    if user.role != "lecturer":
        return set()
    roles = TeachingRole.objects.filter(offering_id=offering_id, lecturer_id=user.pk)
    return set(roles.values_list("kind", flat=True))


def people_of(offering: CourseOffering) -> list[TeachingRole]:
    """Who teaches, the coordinator first: 1 query."""
    order = [kind.value for kind in TeachingKind]
    roles = offering.teaching_roles.select_related("lecturer__user").order_by(
        "lecturer__user__name", "pk"
    )
    return sorted(roles, key=lambda role: order.index(role.kind))


def classes_with_sizes(offering: CourseOffering) -> "QuerySet[Any]":
    return offering.classes.annotate(size=SIZE).order_by("name", "pk")


def expertise_names(course: Course) -> list[str]:
    names = course.expertise_rows.order_by("expertise__name")
    return list(names.values_list("expertise__name", flat=True))
