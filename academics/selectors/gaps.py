"""Offerings of the active term that lack what they need: what waits for the office."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from academics.choices import TeachingKind
from academics.models import Class, CourseOffering, TeachingRole

COORDINATOR, SYLLABUS, CLASSES, ANY = "coordinator", "syllabus", "classes", "any"
_LACKS = {
    COORDINATOR: Q(has_coordinator=False),
    SYLLABUS: Q(syllabus=None),
    CLASSES: Q(has_class=False),
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
