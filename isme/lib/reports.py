"""Reports for the office: each app offers its own in ``AppConfig.ready``.

A report is a query whose rows become a page, a sheet and a picture. The dashboard shows all of
them alike; who may see them is its rule, not the report's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from isme.lib import sheets

Text = str | Promise
Asked = Mapping[str, str]


@dataclass(frozen=True)
class Column(sheets.Column):
    """A column. ``sort`` names the order that sorts by it upwards ("-" before it: downwards)."""

    sort: str = ""
    numeric: bool = False
    address: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Filter:
    """A choice in the address. ``choices`` gives (value, label); ``default`` if none is asked.

    Both may cost a query. Only values among the choices reach the report.
    """

    name: str
    label: Text
    every: Text
    choices: Callable[[], Iterable[tuple[str, Text]]]
    default: Callable[[], str] = str


@dataclass(frozen=True)
class Picture:
    """A chart of bars: ``bars`` gives (label, number) for the filters, the tallest first.

    With ``versions`` the result is kept (isme.lib.caching); without, it is counted each time.
    """

    label: Text
    of: Text
    unit: Text
    bars: Callable[[Asked], Sequence[tuple[str, int]]]
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """``orders`` are those of isme.lib.paging.listing: the default first, each of them total."""

    slug: str
    title: Text
    lead: Text
    icon: str
    columns: Sequence[Column]
    rows: Callable[[Asked], "QuerySet[Any, Any]"]
    orders: Mapping[str, tuple[str, ...]]
    order: int
    filters: Sequence[Filter] = ()
    picture: Picture | None = None


Choices = list[tuple[str, Any]]
ALL = "all"  # in the address: no filter, where one has a default


def offered(filters: Sequence[Filter]) -> dict[str, Choices]:
    """The choices of each filter, as its list of values and labels. Costs what they cost."""
    return {
        one.name: [(ALL if one.default is not str else "", one.every), *one.choices()]
        for one in filters
    }


_reports: dict[str, Report] = {}


def add(report: Report) -> None:
    """Offer ``report``; the same slug again replaces it."""
    _reports[report.slug] = report


def every() -> list[Report]:
    """All reports in their order. No queries."""
    return sorted(_reports.values(), key=lambda report: (report.order, report.slug))


def get(slug: str) -> Report | None:
    return _reports.get(slug)


def both_ways(**orders: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Each of ``orders`` and its reverse, in which the ties keep their order."""
    found: dict[str, tuple[str, ...]] = {}
    for name, (first, *ties) in orders.items():
        found[name] = (first, *ties)
        found[f"-{name}"] = (f"-{first}", *ties)
    return found
