"""The reports that accounts offer to the office."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.choices import StudentStatus
from accounts.selectors import reports as selectors
from accounts.services.accounts import PEOPLE
from isme.lib import reports
from isme.lib.reports import Asked, Column, Filter, Picture, Report


def _level(level: int) -> str:
    return _now("Level %(level)s") % {"level": level}


def _bars(asked: Asked) -> list[tuple[str, int]]:
    return [
        (f"{_level(level)}, {StudentStatus(status).label}", people)
        for level, status, people in selectors.students_of_levels(asked["status"])
    ]


STUDENTS = Report(
    slug="students",
    title=_("Students by level and status"),
    lead=_("How many students each study level has, and how many of them may sign in."),
    icon="users",
    order=10,
    filters=[Filter("status", _("Status"), _("All statuses"), lambda: StudentStatus.choices)],
    rows=lambda asked: selectors.students_by_level_and_status(asked["status"]),
    orders=reports.both_ways(
        level=("level", "status"),
        status=("status", "level"),
        people=("people", "level", "status"),
    ),
    columns=[
        Column(_("Study level"), lambda row: _level(row["level"]), sort="level"),
        Column(_("Status"), lambda row: StudentStatus(row["status"]).label, sort="status"),
        Column(_("Students"), lambda row: row["people"], sort="people", numeric=True),
        Column(_("May sign in"), lambda row: row["with_access"], numeric=True),
    ],
    picture=Picture(
        _("Students by level and status"), _("Level and status"), _("Students"), _bars, (PEOPLE,)
    ),
)


def offer() -> None:
    """Put the report into the registry."""
    reports.add(STUDENTS)
