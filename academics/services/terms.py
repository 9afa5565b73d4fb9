"""Academic years and terms, and which one is active."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academics.choices import TermKind
from academics.errors import AcademicsError, FieldError
from academics.models import AcademicYear, Term
from academics.services import rows, tell
from academics.services.rows import By, note
from isme.lib.transactions import retry_atomic


def usual_dates(first_year: int, kind: str) -> tuple[dt.date, dt.date]:
    """August to January, February to July; the short term fills the end of July and August."""
    if kind == TermKind.ODD:
        return dt.date(first_year, 8, 15), dt.date(first_year + 1, 1, 31)
    if kind == TermKind.EVEN:
        return dt.date(first_year + 1, 2, 1), dt.date(first_year + 1, 7, 15)
    return dt.date(first_year + 1, 7, 16), dt.date(first_year + 1, 8, 14)


def year_dates(first_year: int) -> tuple[dt.date, dt.date]:
    """Within these days lie the terms of a year, even one that begins early or ends late."""
    return dt.date(first_year, 7, 1), dt.date(first_year + 1, 8, 31)


@retry_atomic
def create_year(first_year: int, *, by: By) -> AcademicYear:
    """Create a year with its odd and even terms, none of them active. Raises FieldError."""
    _lock_all()
    year = rows.create(AcademicYear(first_year=first_year), by=by)
    for kind in (TermKind.ODD, TermKind.EVEN):
        starts_on, ends_on = _free_dates(first_year, kind)
        rows.create(Term(year=year, kind=kind, starts_on=starts_on, ends_on=ends_on), by=by)
    return year


@retry_atomic
def add_short_term(year_id: int, *, by: By) -> Term:
    """Give a year its short term. Raises AcademicsError if it has one."""
    _lock_all()
    year = AcademicYear.objects.get(pk=year_id)
    if year.terms.filter(kind=TermKind.SHORT).exists():
        raise AcademicsError(_("This year has its short term already."))
    starts_on, ends_on = _free_dates(year.first_year, TermKind.SHORT)
    term = Term(year=year, kind=TermKind.SHORT, starts_on=starts_on, ends_on=ends_on)
    return rows.create(term, by=by)


def _free_dates(first_year: int, kind: str) -> tuple[dt.date, dt.date]:
    """The usual days of such a term, without those that other terms have: 1 query.

    Where next to nothing is left, the usual ones: the office then moves one of the two.
    """
    first, last = usual = usual_dates(first_year, kind)
    for other in Term.objects.filter(starts_on__lte=last, ends_on__gte=first):
        if other.starts_on <= first:
            first = max(first, other.ends_on + dt.timedelta(days=1))
        else:
            last = min(last, other.starts_on - dt.timedelta(days=1))
    return (first, last) if first < last else usual


@retry_atomic
def save_term(term: Term, *, version: int, by: By) -> Term:
    """Change the dates of a term; locks all terms. Raises FieldError and Outdated.

    They lie within the academic year and around those of the courses; odd comes before even, and
    no two terms share a day.
    """
    _lock_all()
    before = Term.objects.get(pk=term.pk)
    changed = (before.starts_on, before.ends_on) != (term.starts_on, term.ends_on)
    if changed and (errors := _wrong_dates(term)):
        raise FieldError(errors)
    return rows.change(term, version=version, by=by)


def _lock_all() -> None:
    """Years, then terms: whoever dates one looks at the others."""
    list(AcademicYear.objects.select_for_update().order_by("pk"))
    list(Term.objects.select_for_update().order_by("pk"))


def _wrong_dates(term: Term) -> dict[str, str]:
    """What is wrong with the days of a term (field -> text), the gravest for each field."""
    if term.ends_on <= term.starts_on:
        return {"ends_on": _("The last day lies after the first.")}
    errors = {**_beside(term), **_around_courses(term)}
    earliest, latest = year_dates(term.year.first_year)
    text = _("The terms of %(year)s lie between %(first)s and %(last)s.") % {
        "year": term.year.label,
        "first": date_format(earliest, "j F Y"),
        "last": date_format(latest, "j F Y"),
    }
    for name, day in (("starts_on", term.starts_on), ("ends_on", term.ends_on)):
        if not earliest <= day <= latest:
            errors[name] = text
    return errors


def _around_courses(term: Term) -> dict[str, str]:
    errors = {}
    if term.offerings.filter(starts_on__lt=term.starts_on).exists():
        errors["starts_on"] = _("A course of this term begins earlier.")
    if term.offerings.filter(ends_on__gt=term.ends_on).exists():
        errors["ends_on"] = _("A course of this term ends later.")
    return errors


def _beside(term: Term) -> dict[str, str]:
    """No day of another term, and no even term before its odd one."""
    errors = {}
    others = Term.objects.exclude(pk=term.pk).select_related("year").order_by("starts_on")
    for other in others.filter(starts_on__lte=term.ends_on, ends_on__gte=term.starts_on):
        values = {
            "term": other,
            "first": date_format(other.starts_on, "j F Y"),
            "last": date_format(other.ends_on, "j F Y"),
        }
        name = "starts_on" if other.starts_on <= term.starts_on else "ends_on"
        errors[name] = _("%(term)s has these days already: %(first)s to %(last)s.") % values
    for other in others.filter(year_id=term.year_id):
        pair = {term.kind: term, other.kind: other}
        if set(pair) != {TermKind.ODD, TermKind.EVEN}:
            continue
        if pair[TermKind.ODD].starts_on > pair[TermKind.EVEN].starts_on:
            errors["starts_on"] = _("The odd term of a year comes before its even one.")
    return errors


@retry_atomic
def activate(term_id: int, *, by: By) -> Term:
    """Make this term and its year the active ones, and all others not; locks them all.

    Harmless to repeat.
    """
    _lock_all()
    term = Term.objects.get(pk=term_id)
    if term.is_active:
        return term
    before = Term.objects.filter(is_active=True).values_list("pk", flat=True).first()
    Term.objects.filter(is_active=True).update(is_active=False)
    AcademicYear.objects.filter(is_active=True).update(is_active=False)
    AcademicYear.objects.filter(pk=term.year_id).update(is_active=True)
    Term.objects.filter(pk=term_id).update(is_active=True)
    note("activated", term, by, {"instead_of": before})
    active = Term.objects.select_related("year").get(pk=term_id)
    tell.term_activated(active, by)
    return active


@retry_atomic
def delete_year(year: AcademicYear, *, by: By) -> None:
    """Delete a year with its terms. Raises InUse, and AcademicsError for the active one."""
    _lock_all()
    if AcademicYear.objects.get(pk=year.pk).is_active:
        raise AcademicsError(_("The active year can't be deleted."))
    for term in Term.objects.filter(year=year).select_related("year"):
        rows.delete(term, by=by)
    rows.delete(year, by=by)


@retry_atomic
def delete_short_term(term: Term, *, by: By) -> None:
    """Delete what a year can do without. Raises InUse, and AcademicsError for any other term."""
    _lock_all()
    if term.kind != TermKind.SHORT:
        raise AcademicsError(_("Odd and even terms go only together with their year."))
    if Term.objects.get(pk=term.pk).is_active:
        raise AcademicsError(_("The active term can't be deleted."))
    rows.delete(term, by=by)
