"""Students by the numbers that an office types or pastes."""

from collections.abc import Iterable
from typing import Any

from academics.models import GroupMember, StudentGroup
from accounts.canonical import canonical
from accounts.models import Identifier, StudentProfile


def students_by_number(numbers: Iterable[str]) -> tuple[list[StudentProfile], list[str]]:
    """The students with these NIMs or usernames, and the numbers that no student has: 2 queries."""
    wanted = {canonical(number): number for number in numbers if canonical(number)}
    found = dict(
        Identifier.objects.filter(value__in=wanted, user__role="student").values_list(
            "value", "user_id"
        )
    )
    students = StudentProfile.objects.filter(pk__in=found.values()).select_related("user")
    unknown = [given for value, given in wanted.items() if value not in found]
    return list(students.order_by("user__name", "pk")), unknown


def numbers_of(student_ids: Iterable[int]) -> dict[int, str]:
    """User id -> NIM: 1 query."""
    rows = Identifier.objects.filter(kind="nim", user__in=list(student_ids))
    return dict(rows.values_list("user_id", "value"))


def student_card(student_id: int) -> dict[str, Any] | None:
    """Entry term, veteran record, and the groups of the active term: 2 queries."""
    rows = StudentProfile.objects.select_related("entry__term__year", "veteran")
    student = rows.filter(pk=student_id).first()
    if student is None:
        return None
    entry = getattr(student, "entry", None)
    groups = StudentGroup.objects.filter(
        pk__in=GroupMember.objects.filter(student_id=student_id).values("group_id"),
        term__is_active=True,
    )
    return {
        "entry": entry.term if entry else None,
        "veteran": getattr(student, "veteran", None),
        "groups": list(groups.order_by("kind", "pk")),
    }
