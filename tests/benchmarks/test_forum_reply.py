"""A reply in a thread that 1,000 people follow, and in one that a single person follows.

    script/test tests/benchmarks/test_forum_reply.py -s

Prints what each costs and how the two compare. No time is asserted: a busy machine is no fault
of ours. What is asserted is the number of queries and of rows that MariaDB touched: the same
for both, because the people are told by workers.
"""

import statistics
import time

import pytest
from django.db import connection

from accounts.models import User
from forum.choices import Follow
from forum.models import Thread, ThreadReader
from isme.lib import timing
from tests.benchmarks.cost import PageCost
from tests.benchmarks.test_forum_thread import rows_read
from tests.conftest import enter
from tests.forum import cast

FOLLOWERS = 1000
ROUNDS = 25
MOST_QUERIES = 20
HTMX = {"HX-Request": "true"}
# A reply ends with a commit, which is most of what it waits for.
pytestmark = pytest.mark.django_db(transaction=True)


def followed(starter: User, people: list[User]) -> tuple[Thread, int]:
    """A thread that these people follow, and the post in it that is answered."""
    made = cast.thread(starter)
    ThreadReader.objects.bulk_create(
        ThreadReader(thread=made, user=user, follow=Follow.FOLLOWING) for user in people
    )
    return made, cast.answer(starter, made).pk


def posted(client, made: Thread, parent: int, number: int) -> tuple[PageCost, float, int]:
    """What one reply costs, how long it takes in all (ms), and how many rows it reads."""
    values = {"body": f"Jawaban ke-{number}", "parent": parent, "idempotency_key": f"k{number}"}
    read = rows_read()
    with timing.counting() as cost:
        clock, start = time.perf_counter(), time.process_time()
        response = client.post(f"/forum/t/{made.pk}/reply/", values, headers=HTMX)
        spent, wall = time.process_time() - start, time.perf_counter() - clock
    assert response.status_code == 200
    page = PageCost(1000 * spent, 1000 * cost.database_seconds, cost.queries)
    return page, 1000 * wall, rows_read() - read


def test_reply_costs_the_same_with_a_thousand_followers(client):
    """Else the thread that everybody follows is the one in which nobody can answer."""
    starter, writer = cast.person("starter"), cast.person("writer")
    cast.category("umum")
    crowd = [
        User(username=f"f{n}", name=f"F {n}", role="student", password="!")
        for n in range(FOLLOWERS)
    ]
    User.objects.bulk_create(crowd)
    people = list(User.objects.filter(username__in=[one.username for one in crowd]))
    threads = {1: followed(starter, []), FOLLOWERS: followed(starter, people)}
    enter(client, writer)
    for made, parent in threads.values():
        client.get(made.get_absolute_url())
        posted(client, made, parent, made.pk)  # warm: the writer follows now
    found: dict[int, list[tuple[PageCost, float, int]]] = {number: [] for number in threads}
    for number in range(ROUNDS):
        # In turns, so that what else the machine does falls on both.
        for followers, (made, parent) in threads.items():
            found[followers].append(posted(client, made, parent, made.pk * 1000 + number))
    middle = {followers: told(followers, costs) for followers, costs in found.items()}
    print(f"ratio of the medians of CPU + database: {middle[FOLLOWERS] / middle[1]:.2f}")
    queries = {page.queries for costs in found.values() for page, _wall, _rows in costs}
    assert max(queries) <= MOST_QUERIES
    if connection.vendor == "mysql":
        few, many = (min(rows for *_, rows in found[followers]) for followers in threads)
        assert many <= few + 10, "a reply reads no followers"


def told(followers: int, costs: list[tuple[PageCost, float, int]]) -> float:
    """Print the medians of these replies; what they cost the process and the database, in ms."""
    cpu = statistics.median(page.cpu for page, *_ in costs)
    database = statistics.median(page.database for page, *_ in costs)
    wall = statistics.median(wall for _page, wall, _rows in costs)
    rows = statistics.median(rows for *_, rows in costs)
    queries = max(page.queries for page, *_ in costs)
    print(
        f"\n{followers:>5,} followers: {cpu:5.1f} CPU + {database:5.1f} database ms, "
        f"{wall:5.1f} ms in all (median of {len(costs)}), {queries} queries, {rows:.0f} rows"
    )
    return cpu + database
