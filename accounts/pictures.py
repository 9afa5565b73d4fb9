"""The chart that accounts offer to the office: when people sign in."""

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.selectors import sign_ins
from isme.lib import charts, pictures, statistics
from isme.lib.pictures import Chart, Table

CLOCK = [f"{hour:02}" for hour in range(sign_ins.HOURS)]


def _day(iso: str) -> str:
    return date_format(dt.date.fromisoformat(iso), "D j M")


def _draw(found: Any) -> charts.Heat:
    return charts.heat([(_day(iso), hours) for iso, hours in found], CLOCK)


def _table(found: Any) -> Table:
    heads = [gettext("Day"), *(f"{hour}.00" for hour in CLOCK), gettext("All day")]
    return Table(heads, [[_day(iso), *hours, sum(hours)] for iso, hours in found])


SIGN_INS = Chart(
    slug="sign-ins",
    title=_("Sign-ins per day and hour"),
    lead=_("The last 14 days; the darker, the more people signed in within the hour."),
    icon="clock",
    template="components/charts/heat.html",
    numbers=sign_ins.per_hour,
    draw=_draw,
    table=_table,
    order=10,
)


def offer() -> None:
    """Put the chart into the registry."""
    pictures.add(SIGN_INS)
    statistics.add("accounts.sign_ins", SIGN_INS.title, sign_ins.kept_as)
