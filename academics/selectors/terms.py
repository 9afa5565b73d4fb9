import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from academics.choices import TermKind
from academics.models import AcademicYear, Term

ORDERS = {"-starts": ("-starts_on", "-pk"), "starts": ("starts_on", "pk")}


def current_term() -> Term | None:
    """The active term with its year: 1 query."""
    return Term.objects.select_related("year").filter(is_active=True).first()


DAYS_IN_WEEK = 7
LASTING = 60  # seconds; how long a change stays unseen that the cache, being away, could not note


@dataclass(frozen=True)
class Running:
    """The active term by what every page shows of it."""

    kind: str
    year: str
    starts_on: date
    ends_on: date

    def __str__(self) -> str:
        return f"{TermKind(self.kind).label} {self.year}"

    @property
    def weeks(self) -> int:
        """How many weeks it has, begun ones included."""
        return -(-((self.ends_on - self.starts_on).days + 1) // DAYS_IN_WEEK)

    def week_on(self, day: date) -> int:
        """Which of its weeks that is: below 1 before it begins, above ``weeks`` when it is over."""
        return (day - self.starts_on).days // DAYS_IN_WEEK + 1


def running_term(word: str) -> Running | None:
    """The active term while ``word`` is the version of the structure, "" where nobody knows it.

    1 query in a process for each version, else none.
    """
    return _running(word or str(int(time.monotonic() // LASTING)))


@lru_cache(maxsize=4)
def _running(_word: str) -> Running | None:
    term = current_term()
    if term is None:
        return None
    return Running(term.kind, term.year.label, term.starts_on, term.ends_on)


def terms() -> "QuerySet[Term]":
    """All terms with their years, how many courses each offers, and what a short one may follow.

    That is the even term of a year that has no short one, until it is over (``lacks_short``).
    """
    short = Term.objects.filter(year=OuterRef("year"), kind=TermKind.SHORT)
    lacks_short = Q(kind=TermKind.EVEN, ends_on__gte=timezone.localdate()) & ~Exists(short)
    rows = Term.objects.select_related("year")
    return rows.annotate(courses=Count("offerings"), lacks_short=lacks_short)


def term_choices() -> list[Term]:
    """All terms, the newest first: 1 query."""
    return list(Term.objects.select_related("year").order_by("-starts_on", "-pk"))


def chosen_term(asked: str, choices: list[Term]) -> Term | None:
    """The term that the address asks for, else the active one. No query.

    Before the first is active: the one that today lies in, else the next to begin, else the last.
    """
    for term in choices:
        if str(term.pk) == asked:
            return term
    today = timezone.localdate()
    active = [term for term in choices if term.is_active]
    to_come = [term for term in reversed(choices) if term.ends_on >= today]
    return next(iter(active or to_come or choices), None)


def of_year(year: AcademicYear) -> "QuerySet[Term]":
    return year.terms.order_by("starts_on")


def years() -> "QuerySet[AcademicYear]":
    return AcademicYear.objects.order_by("-first_year")
