"""Who belongs where: what forum, notifications and pages ask of the faculty's structure.

A student belongs to an offering through a class, a lecturer through a teaching role. The ids
are those of users (a profile's key is its user's). Querysets of ids nest into other queries.
"""

from typing import Any

from django.db.models import Q, QuerySet

from academics.models import (
    Class,
    ClassMember,
    CourseOffering,
    GroupMember,
    TeachingRole,
)
from accounts.models import StudentProfile, User

STUDENT = "student"
Ids = QuerySet[Any, int]


def class_student_ids(class_id: int) -> Ids:
    return ClassMember.objects.filter(course_class_id=class_id).values_list(
        "student_id", flat=True
    )


def group_student_ids(group_id: int) -> Ids:
    return GroupMember.objects.filter(group_id=group_id).values_list("student_id", flat=True)


def offering_student_ids(offering_id: int) -> Ids:
    return ClassMember.objects.filter(offering_id=offering_id).values_list("student_id", flat=True)


def offering_lecturer_ids(offering_id: int) -> Ids:
    roles = TeachingRole.objects.filter(offering_id=offering_id)
    return roles.values_list("lecturer_id", flat=True).distinct()


def offering_member_ids(offering_id: int) -> Ids:
    """Students and lecturers of an offering, each once."""
    return User.objects.filter(
        Q(pk__in=offering_student_ids(offering_id)) | Q(pk__in=offering_lecturer_ids(offering_id))
    ).values_list("pk", flat=True)


def class_member_ids(class_id: int) -> Ids:
    """The students of a class and the lecturers of its offering, each once."""
    offerings = Class.objects.filter(pk=class_id).values("offering_id")
    lecturers = TeachingRole.objects.filter(offering_id__in=offerings).values("lecturer_id")
    return User.objects.filter(
        Q(pk__in=class_student_ids(class_id)) | Q(pk__in=lecturers)
    ).values_list("pk", flat=True)


def level_student_ids(level: int) -> Ids:
    """The active students of a study level."""
    students = StudentProfile.objects.filter(status="active", level=level)
    return students.values_list("user_id", flat=True)


def roles_in_offerings(user_id: int, *, term_id: int | None = None) -> dict[int, set[str]]:
    """What somebody is where: offering id -> STUDENT or kinds of teaching role. 2 queries."""
    term = {} if term_id is None else {"offering__term_id": term_id}
    roles: dict[int, set[str]] = {}
    places = ClassMember.objects.filter(student_id=user_id, **term)
    for offering_id in places.values_list("offering_id", flat=True):
        roles.setdefault(offering_id, set()).add(STUDENT)
    taught = TeachingRole.objects.filter(lecturer_id=user_id, **term)
    for offering_id, kind in taught.values_list("offering_id", "kind"):
        roles.setdefault(offering_id, set()).add(kind)
    return roles


def offerings_of(user_id: int) -> "QuerySet[CourseOffering]":
    """Every offering that somebody takes or teaches, in any term."""
    taken = ClassMember.objects.filter(student_id=user_id).values("offering_id")
    taught = TeachingRole.objects.filter(lecturer_id=user_id).values("offering_id")
    return CourseOffering.objects.filter(Q(pk__in=taken) | Q(pk__in=taught))


def classes_of(user_id: int) -> "QuerySet[Class]":
    """Every class that somebody sits in, or whose offering they teach, in any term."""
    taken = ClassMember.objects.filter(student_id=user_id).values("course_class_id")
    taught = TeachingRole.objects.filter(lecturer_id=user_id).values("offering_id")
    return Class.objects.filter(Q(pk__in=taken) | Q(offering_id__in=taught))


def is_member_of_offering(user_id: int, offering_id: int) -> bool:
    """Whether somebody takes or teaches the offering: 1 query or 2."""
    return (
        ClassMember.objects.filter(student_id=user_id, offering_id=offering_id).exists()
        or TeachingRole.objects.filter(lecturer_id=user_id, offering_id=offering_id).exists()
    )
