"""Which sheet and row hold the headers, and which column is which."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from academics.imports.cells import shown
from academics.imports.kind import Draft, Kind, header_key
from academics.imports.reading import SheetRow, Unreadable

SEARCHED_ROWS = 10  # with content, from the top of each sheet
LEAST_KNOWN, ENOUGH_KNOWN = 2, 3
MOST_NAMED = 8
OURS = {"to be corrected", "perlu diperbaiki"}  # the last column of a marked workbook


@dataclass
class Layout:
    """What was found: columns by position for the sheet at hand, and what is not read."""

    kind: Kind
    columns: dict[int, str] = field(default_factory=dict)
    sheets_read: list[str] = field(default_factory=list)
    sheets_skipped: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)


def drafts(rows: Iterable[SheetRow], layout: Layout) -> Iterator[Draft]:
    """Yield the rows below each sheet's header. Raises Unreadable.

    A sheet without a header that we know is skipped, and said so. A header that lacks a
    required column, or names one twice, refuses the file: guessing would be worse.
    """
    known = layout.kind.headers()
    sheet, searched, found = "", 0, False
    for row in rows:
        if row.sheet != sheet:
            _close(layout, sheet, found=found)
            sheet, searched, found = row.sheet, 0, False
        if found:
            cells = {
                name: row.cells[at]
                for at, name in layout.columns.items()
                if at < len(row.cells) and row.cells[at] is not None
            }
            if cells:
                yield Draft(row.sheet, row.number, cells)
        elif searched < SEARCHED_ROWS:
            searched += 1
            found = _is_header(row, known, layout)
    _close(layout, sheet, found=found)
    if not layout.sheets_read:
        wanted = [str(column.label) for column in layout.kind.columns if column.required]
        raise Unreadable("no_header", columns=", ".join(wanted), rows=SEARCHED_ROWS)


def _close(layout: Layout, sheet: str, *, found: bool) -> None:
    if sheet and not found:
        layout.sheets_skipped.append(sheet)


def _enough(layout: Layout) -> int:
    """How many known columns make a header.

    A line of our own help names one column, and its example may happen to name a second.
    """
    required = sum(column.required for column in layout.kind.columns)
    return min(max(LEAST_KNOWN, min(required, ENOUGH_KNOWN)), len(layout.kind.columns))


def _is_header(row: SheetRow, known: dict[str, str], layout: Layout) -> bool:
    """Whether ``row`` is the header; if so, ``layout`` knows its columns afterwards."""
    texts = {at: shown(cell) for at, cell in enumerate(row.cells) if cell is not None}
    columns = {at: known[header_key(t)] for at, t in texts.items() if header_key(t) in known}
    if len(set(columns.values())) < _enough(layout):
        return False
    twice = [name for name, times in Counter(columns.values()).items() if times > 1]
    where = {"sheet": row.sheet, "row": row.number}
    if twice:
        raise Unreadable("header_twice", columns=_labels(layout.kind, twice), **where)
    missing = [
        c.name for c in layout.kind.columns if c.required and c.name not in columns.values()
    ]
    if missing:
        raise Unreadable("header_missing", columns=_labels(layout.kind, missing), **where)
    for at, text in texts.items():
        if at not in columns:
            _note_stranger(text, layout)
    layout.columns = columns
    layout.present |= set(columns.values())
    layout.sheets_read.append(row.sheet)
    return True


def _note_stranger(text: str, layout: Layout) -> None:
    code = layout.kind.unread.get(header_key(text))
    if code:
        layout.unread[code] = text
    elif header_key(text) in OURS:
        return
    elif len(layout.unknown) < MOST_NAMED:
        layout.unknown.append(text[:40])


def _labels(kind: Kind, names: list[str]) -> str:
    return ", ".join(str(kind.column(name).label) for name in names)
