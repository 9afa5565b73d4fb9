"""An inbox of 10,000 notices in a table of a million, and a notice to 20,000. Prints the costs.

    script/test --all tests/benchmarks/test_inbox.py -s

Without --all a tenth of each, and a table of 20,000: as many rows are allowed to be read.

No time is asserted: a busy machine is no fault of ours. Queries are, and the rows that MariaDB
touched.
"""

import os
import statistics
import time

import pytest
from django.db import connection

from accounts.models import User
from isme.lib import jobs
from isme.lib.models import Job
from isme.lib.models.job import JobState
from isme.lib.redis import evictable
from notifications.audiences import everyone
from notifications.models import Notice, Notification
from notifications.notices import BROADCAST
from notifications.selectors import newest
from notifications.services.fan_out import BATCH
from notifications.services.notify import TELL, notify
from tests.benchmarks.cost import as_a_server_renders, page_cost
from tests.conftest import enter, make_user

LONG = os.environ.get("ISME_TEST_ALL") == "1"
NOTICES, EACH = (10_000, 100) if LONG else (1_000, 20)  # so many notices to each of so many people
PEOPLE = 20_000 if LONG else 2_000  # two batches
REPEATS = 15
MOST_ROWS = 300  # 51 lines, each with its notice looked up twice, and the rest of the page
VALUES = {"title": "Judul", "text": "Isi", "link": ""}
BARE = "/notifications/?before=1"
ASKED = {"first page": "", "unread": "?unread=1", "a kind": f"?kind={BROADCAST.name}"}
# Telling MariaDB to look at its tables ends the transaction.
pytestmark = pytest.mark.django_db(transaction=True)


def crowd(number: int) -> None:
    people = (
        User(username=f"bulk{n}", name=f"Bulk {n}", role="student", password="!")
        for n in range(number)
    )
    User.objects.bulk_create(people, batch_size=1000)


def rows_read() -> int:
    if connection.vendor != "mysql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(value) for _name, value in cursor.fetchall())


@pytest.fixture
def large(db):
    """All the rows of the table, made where they lie, and statistics as a server has them."""
    me = make_user()
    crowd(EACH - 1)
    notices = (
        Notice(kind=BROADCAST.name, about=f"broadcast:{n}", values=VALUES) for n in range(NOTICES)
    )
    Notice.objects.bulk_create(notices, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_notification (notice_id, person_id, kind, created_at)"
            " SELECT n.id, u.id, n.kind, n.created_at"
            " FROM notifications_notice n CROSS JOIN accounts_user u"
        )
        verb = "ANALYZE TABLE" if connection.vendor == "mysql" else "ANALYZE"
        for table in ("notifications_notification", "notifications_notice"):
            cursor.execute(f"{verb} {table}")
    return me


def test_page_of_a_large_inbox(client, large, capsys, monkeypatch, django_assert_num_queries):
    as_a_server_renders(monkeypatch)
    enter(client, large)
    said = [f"\n{Notification.objects.count():,} notices, {NOTICES:,} of one's own:"]
    bare = page_cost(client, BARE, rounds=REPEATS)
    for name, query in ASKED.items():
        address = f"/notifications/{query}"
        for _look in range(2):
            client.get(address)
        evictable.client.delete(newest.key(large.pk))
        before = rows_read()
        with django_assert_num_queries(1):
            client.get(address)
        read = rows_read() - before
        cost = page_cost(client, address, rounds=REPEATS)
        said.append(f"  {name:12} {cost.against(bare)}, {read} rows")
        assert read < MOST_ROWS, name
    said.append(f"  {'none older':12} {bare.against(bare)}")
    with capsys.disabled():
        print("\n".join(said))


def test_notice_to_many_costs_the_request_little(db, capsys, django_assert_num_queries):
    crowd(PEOPLE)
    times = []
    for number in range(REPEATS):
        began = time.perf_counter()
        notify(
            BROADCAST.name, recipients=everyone(), about="", by=None, key=f"b:{number}", **VALUES
        )
        times.append(1000 * (time.perf_counter() - began))
    Job.objects.filter(kind=TELL).exclude(payload__notice_id=Notice.objects.last().pk).delete()
    began = time.perf_counter()
    batches = 0
    while True:
        waiting = Job.objects.filter(kind=TELL, state=JobState.PENDING).first()
        if waiting is None:
            break
        assert jobs.run(waiting.pk)
        batches += 1
    took = time.perf_counter() - began
    with capsys.disabled():
        print(f"\nnotify to {PEOPLE:,}: {statistics.median(times):.1f} ms in the request,")
        print(f"  every inbox after {took:.1f} s of one worker, {batches} batches of {BATCH}")
    assert Notification.objects.count() == PEOPLE
