"""Academic years and terms, and which one is active."""

import datetime as dt

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


@retry_atomic
def create_year(first_year: int, *, by: By) -> AcademicYear:
    """Create a year with its odd and even terms, none of them active. Raises FieldError."""
    year = rows.create(AcademicYear(first_year=first_year), by=by)
    for kind in (TermKind.ODD, TermKind.EVEN):
        starts_on, ends_on = usual_dates(first_year, kind)
        rows.create(Term(year=year, kind=kind, starts_on=starts_on, ends_on=ends_on), by=by)
    return year


@retry_atomic
def add_short_term(year_id: int, *, by: By) -> Term:
    """Give a year its short term. Raises AcademicsError if it has one."""
    year = AcademicYear.objects.select_for_update().get(pk=year_id)
    if year.terms.filter(kind=TermKind.SHORT).exists():
        raise AcademicsError(_("This year has its short term already."))
    starts_on, ends_on = usual_dates(year.first_year, TermKind.SHORT)
    term = Term(year=year, kind=TermKind.SHORT, starts_on=starts_on, ends_on=ends_on)
    return rows.create(term, by=by)


@retry_atomic
def save_term(term: Term, *, version: int, by: By) -> Term:
    """Change the dates of a term. Raises FieldError: offerings stay within it; and Outdated."""
    Term.objects.select_for_update().get(pk=term.pk)
    if term.ends_on <= term.starts_on:
        raise FieldError({"ends_on": _("The last day lies after the first.")})
    if term.offerings.filter(starts_on__lt=term.starts_on).exists():
        raise FieldError({"starts_on": _("A course of this term begins earlier.")})
    if term.offerings.filter(ends_on__gt=term.ends_on).exists():
        raise FieldError({"ends_on": _("A course of this term ends later.")})
    return rows.change(term, version=version, by=by)


@retry_atomic
def activate(term_id: int, *, by: By) -> Term:
    """Make this term and its year the active ones, and all others not; locks them all.

    Harmless to repeat.
    """
    list(AcademicYear.objects.select_for_update().order_by("pk"))
    term = next(
        term for term in Term.objects.select_for_update().order_by("pk") if term.pk == term_id
    )
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
def delete_year(year_id: int, *, by: By) -> None:
    """Delete a year with its terms. Raises InUse, and AcademicsError for the active one."""
    year = AcademicYear.objects.select_for_update().get(pk=year_id)
    if year.is_active:
        raise AcademicsError(_("The active year can't be deleted."))
    for term in year.terms.all():
        rows.delete(term, by=by)
    rows.delete(year, by=by)
