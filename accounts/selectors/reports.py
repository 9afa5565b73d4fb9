"""What reports say of people."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.choices import StudentStatus
from accounts.models import StudentProfile


def students_by_level_and_status(status: str = "") -> "QuerySet[Any, Any]":
    """A row (level, status, people, with_access) for each pair that there is."""
    rows: QuerySet[Any, Any] = StudentProfile.objects.order_by()
    if status:
        rows = rows.filter(status=status)
    counted: QuerySet[Any, Any] = rows.values("level", "status").annotate(
        people=Count("pk"), with_access=Count("pk", filter=Q(user__is_active=True))
    )
    return counted


def students_of_levels(status: str = "") -> list[tuple[int, str, int]]:
    """Level, status and number of students, by level: 1 query."""
    order = list(StudentStatus)
    found = [
        (row["level"], row["status"], row["people"])
        for row in students_by_level_and_status(status)
    ]
    return sorted(found, key=lambda one: (one[0], order.index(StudentStatus(one[1]))))
