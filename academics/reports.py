"""The reports that academics offer to the office."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from academics.choices import STRUCTURE
from academics.selectors import gaps
from academics.selectors import reports as selectors
from isme.lib import reports
from isme.lib.reports import Column, Filter, Picture, Report

TERM = Filter("term", _("Term"), _("All terms"), selectors.terms, selectors.active_term)


def _lacks() -> list[tuple[str, str | Promise]]:
    return [
        (gaps.ANY, _("Something is missing")),
        (gaps.COORDINATOR, _("Without coordinator")),
        (gaps.SYLLABUS, _("Without syllabus")),
        (gaps.CLASSES, _("Without class")),
    ]


def _yes(value: object) -> str:
    return _now("Yes") if value else _now("No")


def _free_places(row: Any) -> int | None:
    return None if row.capacity is None else row.capacity - row.people


TEACHING = Report(
    slug="teaching",
    title=_("Teaching load"),
    lead=_("What each lecturer does in the courses of a term: roles of each kind, and courses."),
    icon="user",
    order=20,
    filters=[TERM],
    rows=lambda asked: selectors.teaching(asked["term"]),
    orders=reports.both_ways(
        name=("user__name", "pk"),
        roles=("roles", "user__name", "pk"),
        courses=("courses", "user__name", "pk"),
    ),
    columns=[
        Column(
            _("Lecturer"),
            lambda row: row.user.name,
            sort="name",
            address=lambda row: reverse("accounts:person", args=[row.pk]),
        ),
        Column(_("Main role"), lambda row: row.get_main_role_display()),
        Column(_("Coordinator"), lambda row: row.coordinates, numeric=True),
        Column(_("Block team"), lambda row: row.on_team, numeric=True),
        Column(_("Teaching lecturer"), lambda row: row.teaches, numeric=True),
        Column(_("Roles"), lambda row: row.roles, sort="roles", numeric=True),
        Column(_("Courses"), lambda row: row.courses, sort="courses", numeric=True),
    ],
    picture=Picture(
        _("Teaching roles per lecturer"),
        _("Lecturer"),
        _("Roles"),
        lambda asked: selectors.busiest_lecturers(asked["term"]),
        (STRUCTURE, "people"),
    ),
)

CLASSES = Report(
    slug="classes",
    title=_("Classes and rooms"),
    lead=_("How full each class is, and how many rooms hold all of its places or people."),
    icon="door",
    order=30,
    filters=[TERM],
    rows=lambda asked: selectors.classes(asked["term"]),
    orders=reports.both_ways(
        course=("offering__course__code", "name", "pk"),
        people=("people", "offering__course__code", "pk"),
        capacity=("capacity", "offering__course__code", "pk"),
        rooms=("fitting", "offering__course__code", "pk"),
    ),
    columns=[
        Column(_("Course"), lambda row: str(row.offering.course), sort="course"),
        Column(_("Class"), lambda row: row.name, address=lambda row: row.get_absolute_url()),
        Column(_("Students"), lambda row: row.people, sort="people", numeric=True),
        Column(_("Capacity"), lambda row: row.capacity, sort="capacity", numeric=True),
        Column(_("Free places"), _free_places, numeric=True),
        Column(_("Rooms large enough"), lambda row: row.fitting, sort="rooms", numeric=True),
    ],
    picture=Picture(
        _("How full the classes are, in percent"),
        _("Class"),
        _("Percent"),
        lambda asked: selectors.fullest_classes(asked["term"]),
        (STRUCTURE, "people"),
    ),
)

COMPLETENESS = Report(
    slug="completeness",
    title=_("Completeness of courses"),
    lead=_("What each course of a term has already, and what it still lacks."),
    icon="check",
    order=40,
    filters=[TERM, Filter("lacks", _("Missing"), _("All"), _lacks)],
    rows=lambda asked: selectors.completeness(asked["term"], asked["lacks"]),
    orders=reports.both_ways(
        course=("course__code", "term__starts_on", "pk"),
        starts=("starts_on", "course__code", "pk"),
        materials=("materials_n", "course__code", "pk"),
        students=("students_n", "course__code", "pk"),
    ),
    columns=[
        Column(
            _("Course"),
            lambda row: str(row.course),
            sort="course",
            address=lambda row: row.course.get_absolute_url(),
        ),
        Column(_("Term"), lambda row: str(row.term)),
        Column(_("First day"), lambda row: row.starts_on, sort="starts"),
        Column(_("Coordinator"), lambda row: _yes(row.has_coordinator)),
        Column(_("Syllabus"), lambda row: _yes(row.syllabus_id)),
        Column(_("Classes"), lambda row: _yes(row.has_class)),
        Column(_("Lecturers"), lambda row: row.lecturers_n, numeric=True),
        Column(_("Modules"), lambda row: row.modules_n, numeric=True),
        Column(_("Materials"), lambda row: row.materials_n, sort="materials", numeric=True),
        Column(_("Students"), lambda row: row.students_n, sort="students", numeric=True),
    ],
    picture=Picture(
        _("Materials per course"),
        _("Course"),
        _("Materials"),
        lambda asked: selectors.most_materials(asked["term"]),
        (STRUCTURE,),
    ),
)


def offer() -> None:
    """Put the reports into the registry."""
    for report in (TEACHING, CLASSES, COMPLETENESS):
        reports.add(report)
