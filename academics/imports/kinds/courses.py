"""Courses, and the terms of one year in which they are offered."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from academics.choices import CourseKind, TeachingKind
from academics.imports import coordinators
from academics.imports.blocks import Blocks
from academics.imports.course_columns import COLUMNS, REGULAR, UNREAD
from academics.imports.expertise import note_new
from academics.imports.kind import Context, Draft, Kind, targets_of
from academics.imports.related import hanging_on
from academics.imports.terms import chosen_term, term_of
from academics.models import Course, CourseOffering, TeachingRole, Term
from academics.models.courses import weeks_between
from academics.services import courses, rows, teaching
from academics.services.rows import By

PLAIN = ("name", "kind", "curriculum_year", "credits", "level", "block_no", "curriculum_roles")
DATES = ("starts_on", "ends_on", "weeks")
EMPTY: dict[str, list[str]] = {"curriculum_roles": []}


class Courses(Kind):
    name = "course"
    title = _("Courses")
    what = _("courses")
    key = ("code",)
    term = "may"
    unread = UNREAD
    columns = COLUMNS
    address = "/courses/"

    # --- Checking ---

    def look_up(self, drafts: Sequence[Draft], context: Context) -> None:
        codes = [str(d.values["code"]) for d in drafts if d.is_good("code")]
        found = {course.code: course.pk for course in Course.objects.filter(code__in=codes)}
        for draft in drafts:
            _settle_kind(draft)
            term = term_of(draft, context)
            draft.values["term"] = term.pk if term else None
            draft.target = found.get(str(draft.values.get("code")))
        held = self.current(drafts, context)
        lecturers = coordinators.lecturers_of(drafts)
        blocks = Blocks.of(context, codes)
        for draft in drafts:
            if draft.target is not None:
                draft.before = held[draft.target]
            after = {**(draft.before or {}), **_typed(draft)}
            _check_course(draft, after)
            _check_dates(draft, after, context)
            coordinators.check(draft, after, lecturers, context)
            if not draft.problems:
                _check_block(draft, after, blocks)
                note_new(draft, ["expertises"], context)

    def current(self, drafts: Sequence[Draft], context: Context) -> dict[int, dict[str, Any]]:
        targets = targets_of(drafts)
        terms = {d.target: d.values.get("term") for d in drafts}
        offerings = {
            (row.course_id, row.term_id): row
            for row in CourseOffering.objects.filter(course_id__in=targets)
        }
        chosen = {pk: offerings.get((pk or 0, term or 0)) for pk, term in terms.items()}
        who = coordinators.held([row.pk for row in chosen.values() if row is not None])
        found = Course.objects.filter(pk__in=targets).prefetch_related("expertise_rows__expertise")
        return {course.pk: _values(course, chosen[course.pk], who) for course in found}

    # --- Writing ---

    def lock(self, targets: Sequence[int], context: Context) -> None:
        """The terms of the year first (blocks of one level follow each other), then courses."""
        if chosen := chosen_term(context):
            list(Term.objects.select_for_update().filter(year_id=chosen.year_id).order_by("pk"))
        list(Course.objects.select_for_update().filter(pk__in=targets).order_by("pk"))

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        return [self._write(Course(code=str(d.values["code"])), d, context).pk for d in drafts]

    def update(self, drafts: Sequence[Draft], context: Context) -> None:
        found = {c.pk: c for c in Course.objects.filter(pk__in=targets_of(drafts))}
        for draft in drafts:
            self._write(found[draft.target or 0], draft, context)

    def restore(self, drafts: Sequence[Draft], context: Context) -> None:
        found = {c.pk: c for c in Course.objects.filter(pk__in=targets_of(drafts))}
        for draft in drafts:
            earlier = Draft(draft.sheet, draft.number, {}, {**(draft.before or {})})
            earlier.values["term"] = draft.values.get("term")
            if coordinators.NAME not in draft.changes:  # else it takes away what others gave
                earlier.values.pop(coordinators.NAME)
            self._write(found[draft.target or 0], earlier, context)

    def _write(self, course: Course, draft: Draft, context: Context) -> Course:
        by = By(context.actor_id or 0)
        values = _typed(draft)
        expertises = values.get("expertises")
        if expertises is None:
            expertises = [row.expertise.name for row in course.expertise_rows.all()]
        for field in PLAIN:
            if field in values:
                setattr(course, field, EMPTY.get(field) if values[field] == "" else values[field])
        version = course.version if course.pk else None
        courses.save_course(course, expertises=expertises or [], by=by, version=version)
        if draft.values.get("term"):
            _write_term(course, draft.values["term"], values, by)
        return course

    # --- Undoing ---

    def hanging(self, targets: Sequence[int]) -> dict[str, int]:
        offerings = CourseOffering.objects.filter(course_id__in=targets)
        found = hanging_on(Course, targets)
        below = hanging_on(CourseOffering, list(offerings.values_list("pk", flat=True)))
        # Its offerings came with it: only what hangs on those is in the way.
        found.pop(str(CourseOffering._meta.verbose_name_plural), None)
        # So did its coordinators; one that was given since makes the row a touched one.
        roles = TeachingRole.objects.filter(offering__in=offerings)
        _without(below, roles.filter(kind=TeachingKind.COORDINATOR).count())
        return {word: found.get(word, 0) + below.get(word, 0) for word in {**found, **below}}

    def remove(self, drafts: Sequence[Draft], context: Context) -> None:
        by = By(context.actor_id or 0)
        offerings = CourseOffering.objects.filter(course_id__in=targets_of(drafts))
        for role in TeachingRole.objects.filter(
            offering__in=offerings, kind=TeachingKind.COORDINATOR
        ).select_related("lecturer__user", "offering__course", "offering__term__year"):
            teaching.take_role(role, by=by)
        offerings.delete()
        for course in Course.objects.filter(pk__in=targets_of(drafts)).order_by("pk"):
            rows.delete(course, by=by)


def _typed(draft: Draft) -> dict[str, Any]:
    return {column: value for column, value in draft.values.items() if value is not None}


def _without(hanging: dict[str, int], roles: int) -> None:
    words = str(TeachingRole._meta.verbose_name_plural)
    if roles and hanging[words] == roles:
        del hanging[words]
    elif roles:
        hanging[words] -= roles


def _values(
    course: Course, offering: CourseOffering | None, who: dict[int, str]
) -> dict[str, Any]:
    plain = {field: getattr(course, field) for field in PLAIN}
    dates: dict[str, Any] = dict.fromkeys(DATES, "")
    if offering is not None:
        dates = {
            "starts_on": offering.starts_on.isoformat(),
            "ends_on": offering.ends_on.isoformat(),
            "weeks": "" if offering.weeks is None else offering.weeks,
        }
    expertises = sorted(row.expertise.name for row in course.expertise_rows.all())
    empty = {field: "" for field, value in plain.items() if value is None}
    dates[coordinators.NAME] = who.get(offering.pk, "") if offering is not None else ""
    return {"code": course.code, **plain, **empty, "expertises": expertises, **dates}


def _settle_kind(draft: Draft) -> None:
    """Take "Non Blok" and its type for what they are, CSR or regular: one fact."""
    kind, other = draft.values.get("kind"), draft.values.pop("non_block_type", None)
    if kind == REGULAR:
        if other is None:
            draft.values.pop("kind")
            draft.bad("non_block_type", "required")
        else:
            draft.values["kind"] = other


def _check_course(draft: Draft, after: dict[str, Any]) -> None:
    kind, short = after.get("kind"), after.get("level") == ""
    if kind and (kind == CourseKind.BLOCK) != (after.get("block_no") not in (None, "")):
        draft.bad("block_no", "block_number")
    if kind == CourseKind.CSR and short:
        draft.bad("kind", "csr_short")
    for column in ("expertises", "curriculum_roles"):
        if short and after.get(column):
            draft.bad(column, "not_for_short")
    if "level" in after and not short and not after.get("expertises"):
        draft.bad("expertises", "needs_for_regular")


def _check_dates(draft: Draft, after: dict[str, Any], context: Context) -> None:
    first, last = after.get("starts_on"), after.get("ends_on")
    if not first and not last:
        draft.values.pop("weeks", None)
        if draft.before is None and context.term_id:
            context.notice("no_dates")
        return
    if not first or not last:
        draft.bad("ends_on" if first else "starts_on", "both_dates")
        return
    term = term_of(draft, context)
    if term is None:
        draft.bad("starts_on", "no_such_term" if context.term_id else "no_term")
    elif last < first:
        draft.bad("ends_on", "ends_before")
    elif date.fromisoformat(first) < term.starts_on or date.fromisoformat(last) > term.ends_on:
        column = "starts_on" if date.fromisoformat(first) < term.starts_on else "ends_on"
        draft.bad(column, "outside_term", first=_day(term.starts_on), last=_day(term.ends_on))
    else:
        weeks = weeks_between(date.fromisoformat(first), date.fromisoformat(last))
        if after.get("weeks") and after["weeks"] > weeks:
            draft.bad("weeks", "too_many_weeks", weeks=weeks)


def _check_block(draft: Draft, after: dict[str, Any], blocks: Blocks) -> None:
    if after.get("kind") != CourseKind.BLOCK or not after.get("starts_on"):
        return
    first, last = (date.fromisoformat(after[column]) for column in ("starts_on", "ends_on"))
    place = (draft.values["term"], after["level"])
    if other := blocks.take(place, str(after["code"]), first, last):
        dates = f"{_day(other.first)} – {_day(other.last)}"
        draft.bad("starts_on", "overlaps", block=other.code, dates=dates)


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _write_term(course: Course, term_id: Any, values: dict[str, Any], by: By) -> None:
    """The offering of the term, and who coordinates it; who goes, goes before the offering does."""
    nid = values.get(coordinators.NAME)
    offerings = CourseOffering.objects.filter(course=course, term_id=term_id)
    if nid == "":
        coordinators.write(offerings.first(), "", by)
    if "starts_on" in values:
        _write_offering(course, term_id, values, by)
    if nid:
        coordinators.write(offerings.first(), str(nid), by)


def _write_offering(course: Course, term_id: Any, values: dict[str, Any], by: By) -> None:
    """Dates were checked under the lock of the term: two blocks may also swap theirs."""
    offering = CourseOffering.objects.filter(course=course, term_id=term_id).first()
    if not values["starts_on"]:
        if offering is not None:
            rows.delete(offering, by=by)
        return
    row = offering or CourseOffering(course=course, term_id=term_id)
    for field in ("starts_on", "ends_on"):
        if values.get(field):
            setattr(row, field, date.fromisoformat(values[field]))
    if "weeks" in values:
        row.weeks = None if values["weeks"] == "" else values["weeks"]
    if offering is None:
        rows.create(row, by=by)
    else:
        rows.change(row, version=offering.version, by=by)
