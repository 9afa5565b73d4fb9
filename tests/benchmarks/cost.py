"""What a page costs the server, in a way that a busy machine changes little."""

import statistics
import time
from dataclasses import dataclass

from django.template.base import Template
from django.test import Client
from django.test.utils import _TestState

from isme.lib import timing


@dataclass(frozen=True)
class PageCost:
    """Medians of a page, in milliseconds: this process's CPU time, and waiting for the database.

    Their sum counts the database driver's own work twice: it is never too small.
    """

    cpu: float
    database: float
    queries: int

    @property
    def total(self) -> float:
        return self.cpu + self.database

    def against(self, bare: "PageCost") -> str:
        """One line: the parts, their sum, and how many bare pages of the same run that is."""
        return (
            f"{self.cpu:6.1f} CPU + {self.database:5.1f} database = {self.total:6.1f} ms, "
            f"{self.queries} queries, {self.total / bare.total:5.1f} x"
        )


def as_a_server_renders(monkeypatch) -> None:
    """For tests Django keeps a copy of every context: a server does not pay for that."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


def page_cost(client: Client, address: str, *, rounds: int, htmx: bool = False) -> PageCost:
    """Ask for ``address`` once to warm up, then ``rounds`` times; as htmx does if so told."""
    headers = {"HX-Request": "true"} if htmx else {}
    client.get(address, headers=headers)
    cpu, database, queries = [], [], 0
    for _round in range(rounds):
        with timing.counting() as cost:
            start = time.process_time()
            assert client.get(address, headers=headers).status_code == 200
            cpu.append((time.process_time() - start) * 1000)
        database.append(cost.database_seconds * 1000)
        queries = cost.queries
    return PageCost(statistics.median(cpu), statistics.median(database), queries)
