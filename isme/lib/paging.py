"""Pages by number, with the caps of the contract: a bad number gives a proper page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 50
MOST_PER_PAGE = 100
MOST_DIGITS = 9


@dataclass(frozen=True)
class Listing:
    """One page of a list, and the addresses of its neighbours and its orders."""

    page: "Page[Any]"
    per_page: int
    sort: str
    path: str
    _kept: dict[str, str]
    is_cut: bool = False  # more rows fit than were looked for

    def address(self, **changes: object) -> str:
        """The query string of the same list with ``changes``; filters are kept."""
        values = {**self._kept, **{name: str(value) for name, value in changes.items()}}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def numbers(self) -> list[tuple[int | None, str]]:
        """The pages to offer: number and address; no number stands for those left out."""
        paginator = self.page.paginator
        offered = paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [
            (one, self.address(page=one)) if isinstance(one, int) else (None, "")
            for one in offered
        ]

    @property
    def kept_order(self) -> list[tuple[str, str]]:
        """Name and value of what a form of filters must keep: the order and the page's length."""
        return [(name, self._kept[name]) for name in ("sort", "per_page") if self._kept[name]]

    @property
    def previous_address(self) -> str:
        return self.address(page=self.page.previous_page_number())

    @property
    def next_address(self) -> str:
        return self.address(page=self.page.next_page_number())


def positive(text: str | None, default: int) -> int:
    """``text`` as a number of 1 or more, else ``default``. Other scripts' digits don't count."""
    if text and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text) or default
    return default


def sort_of(request: HttpRequest, orders: Mapping[str, tuple[str, ...]]) -> str:
    """The name of the order that the address asks for; the first if it asks for none of them."""
    sort = request.GET.get("sort", "")
    return sort if sort in orders else next(iter(orders))


def listing(  # noqa: PLR0913 (callers name each)
    request: HttpRequest,
    rows: "QuerySet[Any, Any]",
    *,
    orders: Mapping[str, tuple[str, ...]],
    filters: Mapping[str, str] | None = None,
    count: int | None = None,
    most: int | None = None,
    is_short: bool = False,
) -> Listing:
    """Return the page that the address asks for: ``page``, ``per_page``, ``sort``.

    ``orders`` names the allowed orders, the default first; each must be total (end in a unique
    column). ``filters`` are kept in the addresses of the other pages. Two queries: the count
    (unless the caller knows it: ``count``) and the rows.

    ``most``: look for so many rows and no more, in one query that counts and finds the page. For
    rows that are dear to find and cheap to hold, such as keys.

    ``is_short``: mostly fits on a page, so that its rows are read first: then one query.
    """
    sort = sort_of(request, orders)
    per_page = min(positive(request.GET.get("per_page"), PER_PAGE), MOST_PER_PAGE)
    ordered: Any = rows.order_by(*orders[sort])
    if most is not None:
        ordered = list(ordered[: most + 1])
    is_cut = most is not None and len(ordered) > most
    wanted = positive(request.GET.get("page"), 1)
    if is_short and wanted == 1:
        page = _first_page(ordered, per_page)
    else:
        page = _page(ordered[:most] if is_cut else ordered, per_page, wanted, count)
    kept = dict(filters or {})
    kept |= {"sort": sort if sort != next(iter(orders)) else ""}
    kept["per_page"] = str(per_page) if per_page != PER_PAGE else ""
    return Listing(page, per_page, sort, path=request.path, _kept=kept, is_cut=is_cut)


def _page(ordered: Any, per_page: int, wanted: int, count: int | None) -> "Page[Any]":
    paginator = Paginator(ordered, per_page)
    if count is not None:
        paginator.count = count  # type: ignore[misc]
    return paginator.get_page(wanted)


def _first_page(ordered: Any, per_page: int) -> "Page[Any]":
    """One query when all rows are on it, else two."""
    rows = list(ordered[: per_page + 1])
    page = Paginator(rows if len(rows) <= per_page else ordered, per_page).get_page(1)
    page.object_list = rows[:per_page]
    return page
