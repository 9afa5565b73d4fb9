"""Courses, and the terms in which they are given."""

import datetime as dt
import re
from collections.abc import Collection

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academics.choices import CourseKind, TermKind
from academics.errors import AcademicsError, FieldError
from academics.models import Course, CourseExpertise, CourseOffering, Term
from academics.models.courses import weeks_between
from academics.services import rows
from academics.services.expertise import expertise_named
from academics.services.rows import By
from isme.lib.transactions import retry_atomic

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{1,19}")
MOST_EXPERTISES = 20


@retry_atomic
def save_course(
    course: Course, *, expertises: Collection[str], by: By, version: int | None = None
) -> Course:
    """Create (``version`` None) or change a course and what it asks of its lecturers.

    Raises FieldError and Outdated. Unknown expertises are added.
    """
    if errors := wrong_course(course, expertises):
        raise FieldError(errors)
    if version is None:
        rows.create(course, by=by)
    else:
        rows.change(course, version=version, by=by)
    wanted = {expertise_named(name).pk for name in expertises}
    known = set(course.expertise_rows.values_list("expertise_id", flat=True))
    course.expertise_rows.filter(expertise_id__in=known - wanted).delete()
    CourseExpertise.objects.bulk_create(
        CourseExpertise(course=course, expertise_id=pk) for pk in sorted(wanted - known)
    )
    return course


def wrong_course(
    course: Course, expertises: Collection[str], *, unread: Collection[str] = ()
) -> dict[str, str]:
    """All that is wrong with a course, at once (field -> text); writes its code in capitals.

    What hangs on a field that is itself ``unread`` is left for later. 1 query.
    """
    errors = {}
    unknown = set(unread)
    if "code" not in unknown and (text := _wrong_code(course)):
        errors["code"] = text
    is_block, has_number = course.kind == CourseKind.BLOCK, course.block_no is not None
    if not unknown & {"kind", "block_no"} and is_block != has_number:
        errors["block_no"] = _("A block, and only a block, has a block number.")
    if not unknown & {"kind", "level"} and course.kind == CourseKind.CSR and course.level is None:
        errors["level"] = _("A CSR course belongs to a study level.")
    if not unknown & {"expertises", "level"} and (text := _wrong_expertises(course, expertises)):
        errors["expertises"] = text
    return errors


def _wrong_code(course: Course) -> str:
    course.code = course.code.strip().upper()
    if not CODE.fullmatch(course.code):
        return _("A code has 2 to 20 letters, digits, dots or dashes, as in MKB24101.")
    if Course.objects.filter(code=course.code).exclude(pk=course.pk).exists():
        return _("Another course has this code.")
    return ""


def _wrong_expertises(course: Course, expertises: Collection[str]) -> str:
    if len(expertises) > MOST_EXPERTISES:
        return _("At most 20 expertises.")
    if course.level is None and (expertises or course.curriculum_roles):
        return _("A course of a short term asks for no expertise and has no roles.")
    if course.level is not None and not expertises:
        return _("Name at least one expertise.")
    return ""


@retry_atomic
def save_offering(
    offering: CourseOffering, *, by: By, version: int | None = None
) -> CourseOffering:
    """Open a course in a term, or change its dates; locks the term.

    Raises FieldError: blocks of one level follow each other, and dates lie within the term.
    """
    term = Term.objects.select_for_update().get(pk=offering.term_id)
    if errors := wrong_dates(offering, term):
        raise FieldError(errors)
    if version is None:
        return rows.create(offering, by=by)
    return rows.change(offering, version=version, by=by)


def wrong_dates(offering: CourseOffering, term: Term) -> dict[str, str]:
    """What is wrong with the days and weeks, all at once (field -> text)."""
    if offering.ends_on < offering.starts_on:
        return {"ends_on": _("The last day lies after the first.")}
    errors = {}
    if other := _block_beside(offering, term):
        errors["starts_on"] = _("These days belong to another block: %(block)s.") % {
            "block": other.course
        }
    lasts = _("The term lasts from %(first)s to %(last)s.") % {
        "first": date_format(term.starts_on, "j F Y"),
        "last": date_format(term.ends_on, "j F Y"),
    }
    for name in ("starts_on", "ends_on"):
        if not term.starts_on <= getattr(offering, name) <= term.ends_on:
            errors[name] = lasts
    weeks = weeks_between(offering.starts_on, offering.ends_on)
    if offering.weeks is not None and offering.weeks > weeks:
        errors["weeks"] = _("Only so many weeks lie between these days: %(weeks)s.") % {
            "weeks": weeks
        }
    return errors


def _block_beside(offering: CourseOffering, term: Term) -> CourseOffering | None:
    """The block of the same level that has some of these days."""
    course = offering.course
    if course.kind != CourseKind.BLOCK:
        return None
    return (
        CourseOffering.objects.filter(
            term=term,
            course__level=course.level,
            course__kind=CourseKind.BLOCK,
            starts_on__lte=offering.ends_on,
            ends_on__gte=offering.starts_on,
        )
        .exclude(pk=offering.pk)
        .select_related("course")
        .first()
    )


def fits(course: Course, term: Term) -> bool:
    """Whether courses of this level belong into this kind of term."""
    if course.level is None:
        return term.kind == TermKind.SHORT
    return (term.kind == TermKind.ODD) == (course.level % 2 == 1) and term.kind != TermKind.SHORT


@retry_atomic
def open_courses(term: Term, *, course_ids: Collection[int], by: By) -> int:
    """Offer many courses in ``term`` at once, each once; blocks share the term among them.

    Returns how many are new. All or nothing. Raises AcademicsError.
    """
    term = Term.objects.select_for_update().get(pk=term.pk)
    known = set(term.offerings.values_list("course_id", flat=True))
    fresh = Course.objects.filter(pk__in=course_ids).exclude(pk__in=known).order_by("code")
    for course in fresh:
        starts_on, ends_on = suggested_dates(course, term)
        offering = CourseOffering(course=course, term=term, starts_on=starts_on, ends_on=ends_on)
        try:
            save_offering(offering, by=by)
        except FieldError as refusal:
            raise AcademicsError(f"{course}: {refusal}") from refusal
    return len(fresh)


def suggested_dates(course: Course, term: Term) -> tuple[dt.date, dt.date]:
    """The whole term; for a block its quarter of it."""
    if course.block_no is None or course.block_no > 4:  # noqa: PLR2004 (a term has four blocks)
        return term.starts_on, term.ends_on
    quarter = ((term.ends_on - term.starts_on).days + 1) // 4
    first = term.starts_on + dt.timedelta(days=quarter * (course.block_no - 1))
    return first, first + dt.timedelta(days=quarter - 1)
