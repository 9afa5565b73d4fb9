"""What the pages of imports show."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from academics.imports.choices import ImportState, RowOutcome
from academics.imports.rules import kinds_of
from academics.models import ImportJob, ImportRow

LATELY = timedelta(days=1)
NEWEST = 5


def imports_of(
    user: Any, *, q: str = "", kind: str = "", state: str = ""
) -> "QuerySet[ImportJob]":
    """The imports that ``user`` may see, everybody's: the office is one team.

    A replaced file stands behind the one that replaced it: only the last is listed.
    """
    found = ImportJob.objects.filter(kind__in=kinds_of(user), replaced_by=None)
    if q:
        found = found.filter(file_name__icontains=q)
    if kind:
        found = found.filter(kind=kind)
    if state in ImportState.values:
        found = found.filter(state=state)
    return found.select_related("made_by", "term__year").defer("notices", "refusal", "made")


def in_hand(user: Any) -> "QuerySet[ImportJob]":
    """What the office has in hand: with a worker, to be checked, or refused within a day."""
    lately = timezone.now() - LATELY
    states = [*ImportState.at_work(), ImportState.STAGED.value]
    return imports_of(user).filter(
        Q(state__in=states) | Q(state=ImportState.REFUSED, made_at__gte=lately)
    )


def import_for(user: Any, pk: int) -> ImportJob | None:
    """One import with what its page needs: 1 query."""
    people = ("made_by", "committed_by", "undone_by")
    related = ("term__year", "file", "marked_file", "replaced_by")
    rows = ImportJob.objects.filter(kind__in=kinds_of(user)).select_related(*people, *related)
    return rows.filter(pk=pk).first()


def rows_of(job: ImportJob, *, show: str, q: str = "") -> "QuerySet[ImportRow]":
    """The staged rows with outcome ``show`` (or all), and ``q`` somewhere in their cells."""
    rows = job.staged_rows.all()
    if show in RowOutcome.values:
        rows = rows.filter(outcome=show)
    return rows.filter(words__icontains=q) if q else rows


def newest() -> list[ImportJob]:
    """The last imports of everybody: 1 query."""
    rows = ImportJob.objects.select_related("made_by").defer("notices", "refusal", "made")
    return list(rows.order_by("-pk")[:NEWEST])
