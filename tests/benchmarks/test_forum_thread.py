"""A thread's first page at three sizes. Prints what it costs.

    script/test tests/benchmarks/test_forum_thread.py -s
    ISME_BENCHMARK_REPLIES=200,5000,50000 script/test tests/benchmarks/test_forum_thread.py -s

No time is asserted: a busy machine is no fault of ours. What is asserted is the number
of queries and of rows that MariaDB touched: those of a page, however long the thread is.
"""

import os
import statistics
import time

import pytest
from django.db import connection

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
    before = rows_read()
    with django_assert_num_queries(4):
        client.get(address)
    read = rows_read() - before
    times = []
    for _look in range(REPEATS):
        begun = time.perf_counter()
        response = client.get(address)
        times.append(1000 * (time.perf_counter() - begun))
    middle, worst = statistics.median(times), max(times)
    size = len(response.content)
    print(
        f"\n{replies:>6,} replies: {middle:.1f} ms (most {worst:.1f}), {size:,} bytes, {read} rows"
    )
    assert size < 150_000
    assert read < MOST_ROWS
