"""Lists on paper: a table as PDF, A4 across, its head on every page.

Drawn with fpdf2, which needs no library of the system (isme/decisions/0022-pdf.md).
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN, LINE, HEAD_LINE = 12.0, 6.2, 7.5  # mm
WIDTH, HEIGHT = 297.0, 210.0
STEP = 100  # rows between two words about how far it is
WIDEST_SHARE = 0.35  # of the page, for one column
SAMPLE = 200  # rows that tell how wide a column has to be


@dataclass(frozen=True)
class Head:
    """The head of a column; numbers stand at its right edge."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Sheet:
    """What stands around the table: its title, what was asked, and the words of the foot."""

    title: str
    lines: Sequence[str]
    page_of: str  # a %-format over page and pages ("{nb}")
    empty: str


def printable(text: str) -> str:
    """``text`` in the letters that every printer's own font has; others lose their accents."""
    kept = []
    for character in text:
        if character.encode("latin-1", "ignore"):
            kept.append(character)
            continue
        plain = unicodedata.normalize("NFKD", character).encode("latin-1", "ignore").decode()
        kept.append(plain or ("-" if character in "–—" else "?"))
    return "".join(kept)


def table(
    sheet: Sheet,
    heads: Sequence[Head],
    rows: Iterable[Sequence[object]],
    tell: Callable[[int], None] = lambda _done: None,
) -> bytes:
    """The PDF, made in memory. ``tell`` hears now and then how many rows are drawn."""
    from fpdf import FPDF  # 20 MB that only the worker which draws needs

    pdf = FPDF(orientation="L", format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.alias_nb_pages()
    found = [[_text(cell) for cell in row] for row in rows]
    widths = _widths(pdf, heads, found[:SAMPLE])
    _new_page(pdf, sheet, heads, widths)
    if not found:
        pdf.cell(0, LINE, printable(sheet.empty))
    for number, row in enumerate(found, 1):
        if pdf.get_y() + LINE > HEIGHT - MARGIN - LINE:
            _new_page(pdf, sheet, heads, widths)
        _line(pdf, heads, widths, row)
        if number % STEP == 0:
            tell(number)
    return bytes(pdf.output())


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, dt.date):
        return printable(date_format(cell, "j M Y"))
    return printable(str(cell))


def _widths(pdf: "FPDF", heads: Sequence[Head], rows: Sequence[Sequence[str]]) -> list[float]:
    """Each column as wide as what stands in it, all together as wide as the page."""
    room = WIDTH - 2 * MARGIN
    pdf.set_font("Helvetica", "B", 9)
    wanted = [pdf.get_string_width(printable(head.label)) + 4 for head in heads]
    pdf.set_font("Helvetica", "", 9)
    for row in rows:
        for place, text in enumerate(row):
            wanted[place] = max(wanted[place], pdf.get_string_width(text) + 4)
    wanted = [min(width, WIDEST_SHARE * room) for width in wanted]
    return [width * room / sum(wanted) for width in wanted]


def _new_page(pdf: "FPDF", sheet: Sheet, heads: Sequence[Head], widths: Sequence[float]) -> None:
    pdf.add_page()
    if pdf.page_no() == 1:
        pdf.set_font("Helvetica", "B", 15)
        pdf.cell(0, 8, printable(sheet.title), new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", "", 9)
        for line in sheet.lines:
            pdf.cell(0, 5, printable(line), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    pdf.set_font("Helvetica", "", 8)
    foot = sheet.page_of % {"page": pdf.page_no(), "pages": "{nb}"}
    below = pdf.get_y()
    pdf.set_xy(MARGIN, HEIGHT - MARGIN)
    pdf.cell(0, 4, printable(foot))
    pdf.set_xy(MARGIN, below)
    pdf.set_font("Helvetica", "B", 9)
    pdf.set_fill_color(236, 231, 218)
    for head, width in zip(heads, widths, strict=True):
        label = fitting(pdf, printable(head.label), width - 2)
        pdf.cell(width, HEAD_LINE, label, align="R" if head.numeric else "L", fill=True)
    pdf.ln(HEAD_LINE)
    pdf.set_font("Helvetica", "", 9)
    pdf.set_draw_color(200)


def _line(pdf: "FPDF", heads: Sequence[Head], widths: Sequence[float], row: Sequence[str]) -> None:
    for head, width, text in zip(heads, widths, row, strict=True):
        align = "R" if head.numeric else "L"
        pdf.cell(width, LINE, fitting(pdf, text, width - 2), border="B", align=align)
    pdf.ln(LINE)


def fitting(pdf: "FPDF", text: str, room: float) -> str:
    """As much of ``text`` as fits on the line, in the font that is set."""
    while text and pdf.get_string_width(text) > room:
        text = text[:-1]
    return text
