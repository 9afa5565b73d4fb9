"""Students by the numbers that an office types or pastes."""

from collections.abc import Iterable

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
