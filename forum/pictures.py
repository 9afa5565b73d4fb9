"""The chart that the forum offers to the office: how much is written."""

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from forum.selectors import reports as selectors
from isme.lib import charts, pictures, statistics
from isme.lib.pictures import Chart, Table


def _day(iso: str) -> str:
    return date_format(dt.date.fromisoformat(iso), "j M")


def _draw(found: Any) -> charts.Pillars | None:
    return charts.pillars([(_day(iso), posts) for iso, posts in found])


def _table(found: Any) -> Table:
    return Table([gettext("Day"), gettext("Posts")], [[_day(iso), posts] for iso, posts in found])


POSTS = Chart(
    slug="forum",
    title=_("Forum activity"),
    lead=_("Posts per day of the last 30 days, in all categories. Removed posts don't count."),
    icon="chat",
    template="components/charts/pillars.html",
    numbers=selectors.posts_per_day,
    draw=_draw,
    table=_table,
    order=20,
)


def offer() -> None:
    """Put the chart into the registry."""
    pictures.add(POSTS)
    statistics.add("forum.posts", POSTS.title, selectors.kept_as)
