"""What all lists of this app share: one page or fragment, and the same list as a spreadsheet."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise

from academics.choices import STRUCTURE
from academics.models import Term
from academics.selectors import places
from academics.selectors.places import Places
from academics.selectors.terms import term_choices
from accounts.http import Request
from accounts.services.accounts import PEOPLE
from isme.lib import versions
from isme.lib.exports import export
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing, sort_of
from isme.lib.shared import Readers, shared_page
from isme.lib.sheets import Column

MOST_SEARCH = 100
KEPT_SECONDS = 60
WHOLE = "academics/list.html"
LIST_VERSIONS = (STRUCTURE, PEOPLE)  # coordinators stand in the list of courses
Context = dict[str, object]
MoreOf = Callable[[Sequence[Any]], Context]
_kept_terms: dict[str, tuple[float, list[Term]]] = {}  # version -> when read, and what


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


def list_keys(user_id: int, _language: str) -> list[str]:
    """What lists read of the cache, together with who asks for them."""
    return [*places.keys(user_id), versions.key(PEOPLE)]


def own_places(request: Request) -> Places:
    """Where the reader has a place; no query while it is kept."""
    return places.places_of(request.user.pk, request.reading.hot)


def terms_of(request: Request) -> list[Term]:
    """All terms, the newest first. They are the same for all: each process reads them once.

    And again when the structure changes, or after a minute. Not to be changed.
    """
    [version] = versions.words([STRUCTURE], request.reading.hot)
    if not version:  # with the cache away nobody would say that something changed
        return term_choices()
    made_at, terms = _kept_terms.get(version, (0.0, []))
    if not made_at or time.monotonic() - made_at > KEPT_SECONDS:
        made_at, terms = time.monotonic(), term_choices()
        _kept_terms.clear()
        _kept_terms[version] = (made_at, terms)
    return terms


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
    context: MoreOf,
) -> HttpResponseBase:
    """The page, its fragment for htmx, or (``format=xlsx``) all of its rows as a workbook.

    ``context`` gets the rows of this page and may attach to them what they show.
    """
    if request.GET.get("format") == "xlsx":
        return _workbook(request, what, rows)
    values = _values(request, what, rows, filters, context)
    return page_or_fragment(request, WHOLE, what.template, values)


def shared_list(  # noqa: PLR0913 (as list_page, and for whom)
    request: Request,
    what: List,
    rows: Callable[[], "QuerySet[Any, Any]"],
    filters: Mapping[str, str],
    context: MoreOf,
    *,
    part: Hashable,
) -> HttpResponseBase:
    """``list_page`` for many: no query while others with the same ``part`` have just seen it.

    ``part`` is what of the reader decides which ``rows`` they see, beside their role. The view
    reads ``list_keys`` with the request.
    """
    if request.GET.get("format") == "xlsx":
        return _workbook(request, what, rows())

    def values() -> Context:
        return _values(request, what, rows(), filters, context)

    readers = Readers(part, versions.words(LIST_VERSIONS, request.reading.hot))
    return shared_page(request, (WHOLE, what.template), readers, values)


def _workbook(request: Request, what: List, rows: "QuerySet[Any, Any]") -> HttpResponseBase:
    order = what.orders[sort_of(request, what.orders)]
    return export(request, what.name, what.columns, rows.order_by(*order))


def _values(
    request: Request,
    what: List,
    rows: "QuerySet[Any, Any]",
    filters: Mapping[str, str],
    context: MoreOf,
) -> Context:
    page = listing(request, rows, orders=what.orders, filters=filters, is_short=True)
    page.page.object_list = list(page.page.object_list)
    values: Context = {
        "listing": page,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "export_address": page.address(format="xlsx", page=""),
        "heading": what.heading,
        "rows_template": what.template,
    }
    return values | context(page.page.object_list)
