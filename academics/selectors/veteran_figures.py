"""How many veterans there are, beside all students: in all, by intake year, by study level."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from academics.choices import VeteranStatus
from accounts.choices import StudentStatus
from accounts.models import StudentProfile


@dataclass
class Figures:
    """``students`` are the active ones; ``pending`` and ``active`` veterans are among them."""

    intake_year: int | None = None
    level: int | None = None
    students: int = 0
    pending: int = 0
    active: int = 0
    completed: int = 0

    @property
    def others(self) -> int:
        """Active students who are no veterans."""
        return max(self.students - self.pending - self.active, 0)

    def add(self, other: "Figures") -> None:
        self.students += other.students
        self.pending += other.pending
        self.active += other.active
        self.completed += other.completed


def by_year_and_level() -> list[Figures]:
    """For each intake year, the newest first, and level: 1 query, grouped by the database."""
    counted = StudentProfile.objects.order_by("-intake_year", "level").values_list(
        "intake_year", "level", "status", "veteran__status"
    )
    found: dict[tuple[int, int], Figures] = {}
    for year, level, status, veteran, people in counted.annotate(people=Count("pk")):
        row = found.setdefault((year, level), Figures(year, level))
        if status == StudentStatus.ACTIVE:
            row.students += people
        if veteran == VeteranStatus.PENDING:
            row.pending += people
        elif veteran == VeteranStatus.ACTIVE:
            row.active += people
        elif veteran == VeteranStatus.COMPLETED:
            row.completed += people
    return [row for row in found.values() if row != Figures(row.intake_year, row.level)]


def total(rows: Sequence[Figures]) -> Figures:
    whole = Figures()
    for row in rows:
        whole.add(row)
    return whole


def by_year(rows: Sequence[Figures]) -> list[Figures]:
    """One line for each intake year, in the order of ``rows``."""
    return _summed(rows, lambda row: Figures(intake_year=row.intake_year))


def by_level(rows: Sequence[Figures]) -> list[Figures]:
    lines = _summed(rows, lambda row: Figures(level=row.level))
    return sorted(lines, key=lambda line: line.level or 0)


def _summed(rows: Sequence[Figures], empty: Callable[[Figures], Figures]) -> list[Figures]:
    lines: dict[tuple[int | None, int | None], Figures] = {}
    for row in rows:
        line = empty(row)
        lines.setdefault((line.intake_year, line.level), line).add(row)
    return list(lines.values())
