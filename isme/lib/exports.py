"""A list to take away, and how often: making a file of thousands of rows takes a thread seconds."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from isme.lib.errors import error_page
from isme.lib.rates import Rate, seconds_to_wait
from isme.lib.sheets import Column, workbook

LISTS = Rate("exports.lists", most=30, seconds=600)
CHUNK = 2000


def refusal(request: HttpRequest, rate: Rate) -> HttpResponse | None:
    """The page that says when to come back, for who took ``rate.most`` files; else None."""
    wait = seconds_to_wait(request, rate, str(request.user.pk))
    if not wait:
        return None
    response = error_page(request, 429)
    response["Retry-After"] = str(wait)
    return response


def export(
    request: HttpRequest, name: str, columns: Sequence[Column], rows: "QuerySet[Any, Any]"
) -> HttpResponseBase:
    """``rows`` in their order as a spreadsheet, 2,000 a query; 429 after 30 in ten minutes."""
    refused = refusal(request, LISTS)
    return refused or workbook(name, columns, rows.iterator(chunk_size=CHUNK))
