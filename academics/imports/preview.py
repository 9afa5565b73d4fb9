"""Staged rows as the preview shows them: each cell as typed, and what is wrong or would change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.translation import ngettext

from academics.imports.cells import Fraction, shown
from academics.imports.choices import DISCARDED, RowOutcome
from academics.imports.kind import Column, Draft, Kind
from academics.imports.messages import FILES, NOTICES, UNDO, explain
from academics.imports.workbooks import help_titles, reasons_by_column
from academics.models import ImportJob, ImportRow

TONES = {"new": "green", "changed": "sun", "unchanged": "", "wrong": "brick"}


@dataclass(frozen=True)
class CellView:
    """``why`` is set for a bad cell; ``was`` for one that changes something."""

    label: str | Promise
    text: str
    why: str = ""
    was: str | None = None


@dataclass(frozen=True)
class RowView:
    sheet: str
    number: int
    outcome: str
    label: str | Promise
    tone: str
    why: str
    cells: list[CellView]

    @property
    def bad(self) -> list[CellView]:
        """The bad cells: a window shows only the first columns, and each reason must be seen."""
        return [cell for cell in self.cells if cell.why]


def columns_of(job: ImportJob, kind: Kind) -> list[Column]:
    """The columns that the file has, in the kind's order."""
    present = job.notices.get("columns", ())
    return [column for column in kind.columns if column.name in present]


def views(rows: Iterable[ImportRow], columns: Sequence[Column]) -> list[RowView]:
    return [_view(row, columns) for row in rows]


def _view(row: ImportRow, columns: Sequence[Column]) -> RowView:
    reasons = reasons_by_column(row.problems)
    draft = Draft(row.sheet, row.number, row.cells, row.values, before=row.before)
    changes = draft.changes if row.outcome == RowOutcome.CHANGED else {}
    names = {column.name for column in columns}
    # A reason in a column that the file lacks has no cell to stand in.
    homeless = [why for column, why in reasons.items() if column not in names]
    cells = [
        CellView(
            column.label,
            _text(column, row),
            why=reasons.get(column.name, ""),
            was=_words(column, changes[column.name][0]) if column.name in changes else None,
        )
        for column in columns
    ]
    outcome = RowOutcome(row.outcome)
    why = " ".join(homeless)
    return RowView(
        row.sheet, row.number, row.outcome, outcome.label, TONES[row.outcome], why, cells
    )


def _text(column: Column, row: ImportRow) -> str:
    """The cell as typed; a fraction that was understood as all pages write it."""
    value = row.values.get(column.name)
    if isinstance(column.parse, Fraction) and value:
        return _words(column, value)
    return shown(row.cells.get(column.name))


def _words(column: Column, value: Any) -> str:
    if isinstance(column.parse, Fraction) and value:
        return floatformat(value, column.parse.places)
    return ", ".join(value) if isinstance(value, list) else str(value)


def notices(job: ImportJob) -> list[str]:
    """What happens with this file that no single cell says, in words."""
    found = []
    for code, times in job.notices.get("counts", {}).items():
        rows = ngettext("%(times)s row", "%(times)s rows", times) % {"times": times}
        words = explain(NOTICES, code, {})
        found.append(f"{words} {rows}." if times > 1 else words)
    if unknown := job.notices.get("unknown"):
        found.append(explain(NOTICES, "unknown_columns", {"columns": ", ".join(unknown)}))
    own = help_titles()
    if skipped := [sheet for sheet in job.notices.get("skipped", ()) if sheet not in own]:
        found.append(explain(NOTICES, "skipped_sheets", {"sheets": ", ".join(skipped)}))
    return found


def discarded(job: ImportJob) -> dict[str, Any]:
    """What is known of a discarded one: ``newer`` (the import that replaced it), else when and why.

    Those of before this was noted have no time.
    """
    noted = job.notices.get(DISCARDED, {})
    at = datetime.fromisoformat(noted["at"]) if noted else None
    newer = getattr(job, "replaced_by", None)
    return {"newer": newer, "discarded_at": at, "by_hand": noted.get("by_hand", False)}


def refusal(job: ImportJob) -> str:
    """Why the file, or its undoing, was refused; "" when it wasn't."""
    code = job.refusal.get("code", "")
    return explain({**FILES, **UNDO}, code, job.refusal) if code else ""
