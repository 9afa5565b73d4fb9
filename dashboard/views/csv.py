"""Numbers as CSV, as spreadsheets open it."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """``rows`` under ``name``. Text that a spreadsheet would compute is made text."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")  # else Excel takes it for another alphabet
    csv.writer(response).writerows([_safe(value) for value in row] for row in rows)
    return response


def _safe(value: object) -> object:
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
