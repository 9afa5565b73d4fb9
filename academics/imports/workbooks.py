"""Workbooks that go out: the template of a kind, and a staged file with its bad cells marked."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from academics.imports.cells import FORMULA_STARTS, shown
from academics.imports.kind import Kind
from academics.imports.messages import CELLS, explain

COLUMN_WIDTH = 22
HELP_WIDTHS = (22, 12, 70, 34)
SHEET_CHARACTERS = 31
TEXT_FORMAT = "@"
RED = {"bg_color": "#F8D0C8", "font_color": "#8A1F11"}


def safe(text: str) -> str:
    """``text`` so that no program takes it for a formula when the file is saved as CSV."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and len(text) > 1 else text


def _open(target: IO[bytes]) -> "xlsxwriter.Workbook":
    """A workbook in which a string is always a string: no formula, no link, no number."""
    return xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )


def write_template(kind: Kind, target: IO[bytes]) -> None:
    """An empty sheet with the headers, and one that says what goes into each column."""
    with _open(target) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBE3", "bottom": 1, "locked": True})
        needed = book.add_format({"bold": True, "bg_color": "#B9D8C8", "bottom": 1})
        text = book.add_format({"num_format": TEXT_FORMAT})
        sheet = book.add_worksheet(str(kind.title)[:SHEET_CHARACTERS])
        sheet.set_column(0, len(kind.columns) - 1, COLUMN_WIDTH, text)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(kind.columns):
            sheet.write_string(0, at, str(column.label), needed if column.required else head)
        _write_help(kind, book)


def help_titles() -> set[str]:
    """What the help sheet of a template is called, in each language: it is no data left out."""
    titles = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            titles.add(_("How to fill it in")[:SHEET_CHARACTERS])
    return titles


def _write_help(kind: Kind, book: "xlsxwriter.Workbook") -> None:
    # One column of the data is one row here: nobody, and no import, takes it for data.
    sheet = book.add_worksheet(_("How to fill it in")[:SHEET_CHARACTERS])
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for at, width in enumerate(HELP_WIDTHS):
        sheet.set_column(at, at, width, wrap)
    heads = (_("Column"), _("Needed"), _("What it holds"), _("Example"))
    for at, words in enumerate(heads):
        sheet.write_string(0, at, words, bold)
    for row, column in enumerate(kind.columns, start=1):
        needed = _("yes") if column.required else _("no")
        cells = (str(column.label), needed, str(column.hint), column.example)
        for at, words in enumerate(cells):
            sheet.write_string(row, at, words, wrap)
    notes = (
        _("Empty cells of people and things that exist already change nothing."),
        _("Formulas are not read: paste their values."),
        _("Everything is saved together, or nothing."),
    )
    for row, words in enumerate(notes, start=len(kind.columns) + 2):
        sheet.write_string(row, 0, words)


def write_marked(
    kind: Kind,
    columns: Sequence[str],
    rows: Iterable[tuple[dict[str, Any], list[list[Any]]]],
    target: IO[bytes],
) -> None:
    """All rows (cells, problems) as typed; bad cells are red and say why in a comment.

    A last column lists the reasons in words, for programs that show no comments. It is not
    read when the file comes back.
    """
    used = [column for column in kind.columns if column.name in columns]
    with _open(target) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBE3", "bottom": 1})
        text = book.add_format({"num_format": TEXT_FORMAT})
        bad = book.add_format({"num_format": TEXT_FORMAT, "border": 1, **RED})
        sheet = book.add_worksheet(str(kind.title)[:SHEET_CHARACTERS])
        sheet.set_column(0, len(used), COLUMN_WIDTH, text)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(used):
            sheet.write_string(0, at, str(column.label), head)
        sheet.write_string(0, len(used), _("To be corrected"), head)
        for number, (cells, problems) in enumerate(rows, start=1):
            reasons = reasons_by_column(problems)
            for at, column in enumerate(used):
                why = reasons.get(column.name)
                words = safe(shown(cells.get(column.name)))
                sheet.write_string(number, at, words, bad if why else text)
                if why:
                    sheet.write_comment(number, at, why)
            sheet.write_string(number, len(used), _in_one(kind, reasons), text)


def _in_one(kind: Kind, reasons: dict[str, str]) -> str:
    return " ".join(
        f"{kind.column(name).label}: {why}" if name else why for name, why in reasons.items()
    )


def reasons_by_column(problems: Iterable[list[Any]]) -> dict[str, str]:
    """Column -> its reasons in words, in the language at hand."""
    found: dict[str, str] = {}
    for column, code, params in problems:
        words = explain(CELLS, code, params)
        found[column] = f"{found[column]} {words}" if column in found else words
    return found
