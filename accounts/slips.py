"""Drawing slips of paper: A4, ten to a page, with lines to cut along."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isme.lib.printing import fitting, printable

if TYPE_CHECKING:
    from fpdf import FPDF

COLUMNS, ROWS = 2, 5
WIDTH, HEIGHT = 105.0, 59.4  # mm, of a slip: a page of A4 without rest
MARGIN = 8.0


@dataclass(frozen=True)
class Slip:
    """What one person is handed."""

    name: str
    login: str
    password: str


@dataclass(frozen=True)
class Words:
    """The words around them, in the language of the sheet."""

    login: str
    password: str
    foot: str


def draw(slips: Sequence[Slip], words: Words) -> bytes:
    """The sheet as PDF. Raises nothing for any name: what can't be printed becomes "?"."""
    from fpdf import FPDF  # 20 MB that only the worker which draws needs

    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margins(0, 0, 0)
    for place, slip in enumerate(slips):
        column, row = place % COLUMNS, place // COLUMNS % ROWS
        if column == row == 0:
            pdf.add_page()
        _draw_slip(pdf, column * WIDTH, row * HEIGHT, slip, words)
    return bytes(pdf.output())


def _draw_slip(pdf: "FPDF", left: float, top: float, slip: Slip, words: Words) -> None:
    pdf.set_draw_color(150)
    pdf.set_dash_pattern(dash=1, gap=1)
    pdf.rect(left, top, WIDTH, HEIGHT)
    room = WIDTH - 2 * MARGIN
    y = top + MARGIN
    for text, family, style, size, height in (
        (slip.name, "Helvetica", "B", 11, 7.0),
        (words.login, "Helvetica", "", 7, 4.0),
        (slip.login, "Courier", "", 11, 6.0),
        (words.password, "Helvetica", "", 7, 4.0),
        (slip.password, "Courier", "B", 15, 8.0),
    ):
        pdf.set_xy(left + MARGIN, y)
        pdf.set_font(family, style, size)
        pdf.cell(room, height, fitting(pdf, printable(text), room))
        y += height
    pdf.set_xy(left + MARGIN, y + 1)
    pdf.set_font("Helvetica", "", 7)
    pdf.multi_cell(room, 3.2, printable(words.foot))
