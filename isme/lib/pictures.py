"""Charts that apps offer to the office: each is drawn, told as a table, and taken away as CSV.

An app adds its chart in ``AppConfig.ready``; the dashboard shows all of them alike, on pages of
their own and as blocks of home pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Table:
    """The numbers of a chart: its first column names the rows."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str | int]]


@dataclass(frozen=True)
class Chart:
    """``numbers`` gives the data (kept by its selector); no query afterwards.

    ``template`` draws what ``draw`` makes of the data; ``table`` tells the same in words.
    """

    slug: str
    title: Text
    lead: Text
    icon: str
    template: str
    numbers: Callable[[], Any]
    draw: Callable[[Any], Any]
    table: Callable[[Any], Table]
    order: int

    def context(self) -> dict[str, Any]:
        """What components/charts/chart.html needs. Costs what ``numbers`` costs."""
        found = self.numbers()
        return {"chart": self, "drawn": self.draw(found), "table": self.table(found)}


_charts: dict[str, Chart] = {}


def add(chart: Chart) -> None:
    """Offer ``chart``; the same slug again replaces it."""
    _charts[chart.slug] = chart


def every() -> list[Chart]:
    """All charts in their order. No queries."""
    return sorted(_charts.values(), key=lambda chart: (chart.order, chart.slug))


def get(slug: str) -> Chart | None:
    return _charts.get(slug)
