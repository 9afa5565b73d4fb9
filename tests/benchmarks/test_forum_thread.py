"""A thread's first page at three sizes. Prints what it costs.

    script/test tests/benchmarks/test_forum_thread.py -s
    ISME_BENCHMARK_REPLIES=200,5000,50000 script/test tests/benchmarks/test_forum_thread.py -s

No time is asserted: a busy machine is no fault of ours. What is asserted is the number
of queries and of rows that MariaDB touched: those of a page, however long the thread is.
"""

import os
import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from forum.models import Thread
from tests.conftest import enter
from tests.forum import cast

SIZES = [int(n) for n in os.environ.get("ISME_BENCHMARK_REPLIES", "200,2000").split(",")]
REPEATS = 15
MOST_ROWS = 1300  # a page of 201 posts, each with three look-ups of its author, and the rest
pytestmark = pytest.mark.django_db


def rows_read() -> int:
    if connection.vendor != "mysql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(value) for _name, value in cursor.fetchall())


@pytest.mark.parametrize("replies", SIZES)
def test_first_page_costs_the_same_at_any_size(client, replies, django_assert_num_queries):
    starter = cast.person("starter")
    cast.category("umum")
    made = cast.grown(starter, replies)
    enter(client, cast.person("reader"))
    address = made.get_absolute_url()
    for _look in range(3):
        client.get(address)
    changed(made)
    before = rows_read()
    with django_assert_num_queries(3):
        client.get(address)
    read = rows_read() - before
    kept = times(client, address)
    fresh = times(client, address, lambda: changed(made))
    size = len(client.get(address).content)
    print(
        f"\n{replies:>6,} replies: {statistics.median(fresh):.1f} ms (most {max(fresh):.1f}), "
        f"{statistics.median(kept):.1f} ms where others have read it, {size:,} bytes, {read} rows"
    )
    assert size < 150_000
    assert read < MOST_ROWS


def changed(made: Thread) -> None:
    """What whoever changes a post does: nothing that was kept of the thread is used again."""
    Thread.objects.filter(pk=made.pk).update(version=F("version") + 1)


def times(client: Client, address: str, prepare: Callable[[], None] = lambda: None) -> list[float]:
    """Milliseconds of each of REPEATS looks."""
    found = []
    for _look in range(REPEATS):
        prepare()
        begun = time.perf_counter()
        client.get(address)
        found.append(1000 * (time.perf_counter() - begun))
    return found
