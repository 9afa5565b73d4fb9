"""What all lists of this app share: one page or fragment, and the same list as a spreadsheet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise

from accounts.http import Request
from isme.lib.exports import export
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from isme.lib.sheets import Column

MOST_SEARCH = 100
Context = dict[str, object]


@dataclass(frozen=True)
class List:
    """A list: its orders (the default first), its rows' template, its columns as a sheet."""

    name: str
    heading: str | Promise
    template: str
    orders: Mapping[str, tuple[str, ...]]
    columns: Sequence[Column]


def asked(request: Request, *names: str) -> dict[str, str]:
    """What the address says for each of ``names``, trimmed and cut."""
    return {
        name: request.GET.get(name, "").strip().replace("\0", "")[:MOST_SEARCH] for name in names
    }


def give_addresses(rows: Sequence[Any], view: str) -> None:
    """Give each row the ``address`` of its own page, ``view`` by primary key.

    Asked of the routes once: a {% url %} for each row costs more than the row.
    """
    pattern = reverse(view, args=[0])
    for row in rows:
        row.address = pattern.replace("/0/", f"/{row.pk}/", 1)


def list_page(
    request: Request,
    what: List,
    rows: "QuerySet[Any, Any]",
    filters: Mapping[str, str],
    context: Callable[[Sequence[Any]], Context],
) -> HttpResponseBase:
    """The page, its fragment for htmx, or (``format=xlsx``) all of its rows as a workbook.

    ``context`` gets the rows of this page and may attach to them what they show.
    """
    page = listing(request, rows, orders=what.orders, filters=filters)
    if request.GET.get("format") == "xlsx":
        ordered = rows.order_by(*what.orders[page.sort])
        return export(request, what.name, what.columns, ordered)
    page.page.object_list = list(page.page.object_list)
    values: Context = {
        "listing": page,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "export_address": page.address(format="xlsx", page=""),
        "heading": what.heading,
        "rows_template": what.template,
    }
    values |= context(page.page.object_list)
    return page_or_fragment(request, "academics/list.html", what.template, values)
