"""What of the active term lacks what it needs, and waits for the office."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from academics.choices import GroupKind, TeachingKind
from academics.models import Class, CourseOffering, GroupMember, StudentGroup, TeachingRole
from accounts.choices import StudentStatus
from accounts.models import Identifier, StudentProfile

COORDINATOR, SYLLABUS, CLASSES, ANY = "coordinator", "syllabus", "classes", "any"
_LACKS = {
    COORDINATOR: Q(has_coordinator=False),
    SYLLABUS: Q(syllabus=None),
    CLASSES: Q(has_class=False),
}
GROUPLESS_ORDERS = {
    "level": ("level", "user__name", "pk"),
    "-level": ("-level", "user__name", "pk"),
    "name": ("user__name", "pk"),
    "-name": ("-user__name", "-pk"),
}
LACKS = {**_LACKS, ANY: _LACKS[COORDINATOR] | _LACKS[SYLLABUS] | _LACKS[CLASSES]}


def with_gaps() -> "QuerySet[CourseOffering]":
    """Every offering, annotated with ``has_coordinator`` and ``has_class``."""
    coordinators = TeachingRole.objects.filter(
        offering=OuterRef("pk"), kind=TeachingKind.COORDINATOR
    )
    return CourseOffering.objects.annotate(
        has_coordinator=Exists(coordinators),
        has_class=Exists(Class.objects.filter(offering=OuterRef("pk"))),
    )


def incomplete_offerings(gap: str = ANY) -> "QuerySet[CourseOffering]":
    """Those of the active term that lack ``gap``, one of LACKS."""
    return with_gaps().filter(LACKS[gap], term__is_active=True)


def students_without_group(*, q: str = "") -> "QuerySet[StudentProfile]":
    """Those who study now and have no small group in the active term; by name or number."""
    placed = GroupMember.objects.filter(
        student=OuterRef("pk"), term__is_active=True, kind=GroupKind.SMALL
    )
    studying = StudentProfile.objects.filter(status=StudentStatus.ACTIVE, user__is_active=True)
    found = studying.filter(~Exists(placed)).select_related("user")
    if q:
        numbers = Identifier.objects.filter(value__startswith=q.casefold()).values("user_id")
        found = found.filter(Q(user__name__icontains=q) | Q(pk__in=numbers))
    return found


def large_groups_of(student_ids: Collection[int]) -> dict[int, StudentGroup]:
    """Student id -> their large group in the active term: 1 query."""
    places = GroupMember.objects.filter(
        student_id__in=student_ids, term__is_active=True, kind=GroupKind.LARGE, is_extra=False
    )
    return {place.student_id: place.group for place in places.select_related("group")}
