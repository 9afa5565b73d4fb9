"""The badge: exact on every page view, free while warm, and right whatever races."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection, transaction

from accounts.models import SignInSession, User
from isme.lib.redis import evictable
from notifications.models import Notification
from notifications.selectors import badge
from notifications.services import inbox
from tests.conftest import enter, make_user
from tests.notifications.cast import tell

COUNT = "/notifications/count/"
transactional = pytest.mark.django_db(transaction=True)


def number(response) -> str:
    """What the bell of the page says to the ear."""
    return response.text.split("Notifikasi, ")[1].split(" belum")[0]


@transactional
def test_warm_badge_costs_nothing_on_any_page(client, django_assert_num_queries):
    user = make_user()
    tell(user)
    enter(client, user)
    for page in ("/dashboard/", COUNT):
        client.get(page)
        with django_assert_num_queries(0):
            response = client.get(page)
        assert number(response) == "1"


@transactional
def test_every_change_shows_on_the_next_page(client):
    user = make_user()
    enter(client, user)
    assert number(client.get("/dashboard/")) == "0"
    tell(user)
    tell(user)
    assert number(client.get("/dashboard/")) == "2"
    row = Notification.objects.first()
    client.post(f"/notifications/{row.pk}/read/")
    assert number(client.get("/dashboard/")) == "1"
    client.post(f"/notifications/{row.pk}/delete/")
    assert number(client.get("/dashboard/")) == "1"
    unread = Notification.objects.get(read_at=None)
    for act, left in (("delete", "0"), ("restore", "1")):
        client.post(f"/notifications/{unread.pk}/{act}/")
        assert number(client.get("/dashboard/")) == left, act
    client.post("/notifications/read-all/", follow=True)
    assert number(client.get("/dashboard/")) == "0"


@transactional
def test_a_new_notification_ends_the_304(client):
    user = make_user()
    enter(client, user)
    client.get("/accounts/login/")
    client.get("/dashboard/")
    tag = client.get("/dashboard/")["ETag"]
    assert client.get("/dashboard/", headers={"If-None-Match": tag}).status_code == 304
    tell(user)
    assert client.get("/dashboard/", headers={"If-None-Match": tag}).status_code == 200


@transactional
def test_open_pages_get_304_while_nothing_changes(client):
    user = make_user()
    enter(client, user)
    tag = client.get(COUNT)["ETag"]
    assert client.get(COUNT, headers={"If-None-Match": tag}).status_code == 304
    client.cookies["lang"] = "en"
    assert client.get(COUNT, headers={"If-None-Match": tag}).status_code == 200


@transactional
def test_without_the_cache_the_database_counts(client):
    user = make_user()
    tell(user)
    enter(client, user)
    for _ in range(3):
        evictable.breaker.failed()
    assert number(client.get("/dashboard/")) == "1"


@transactional
def test_a_count_that_began_before_a_change_is_not_kept(client, monkeypatch):
    user = make_user()
    real = badge.read

    def slow(user_id: int) -> badge.Unread:
        found = real(user_id)
        monkeypatch.setattr(badge, "read", real)
        tell(user)
        return found

    enter(client, user)
    monkeypatch.setattr(badge, "read", slow)
    client.get(COUNT)
    assert number(client.get(COUNT)) == "1"


@transactional
def test_a_change_that_is_rolled_back_leaves_the_badge():
    user = make_user()
    tell(user)
    evictable.client.set(badge.key(user.pk), 1)
    with transaction.atomic():
        inbox.mark_all_read(person_id=user.pk)
        transaction.set_rollback(True)
    assert evictable.client.get(badge.key(user.pk)) == b"1"


def ask(user: User) -> int:
    """What a page view does."""
    raw = evictable.client.get(badge.key(user.pk))
    return badge.unread(user.pk, raw, cached=True).number


def in_threads(seconds: float, *steps) -> None:
    """Do all steps again and again at the same time. Raises what one of them raised."""
    stop = time.monotonic() + seconds
    with ThreadPoolExecutor(len(steps)) as pool:

        def run(step) -> None:
            while time.monotonic() < stop:
                step()
            connection.close()

        for done in [pool.submit(run, step) for step in steps]:
            done.result()


@transactional
def test_badge_equals_count_after_each_round_of_a_race():
    """Writers and readers at once: whoever asks when it is quiet gets exactly COUNT(*)."""
    if connection.vendor != "mysql":
        pytest.skip("row locks are MariaDB's; SQLite has one writer at a time")
    user = make_user()
    for _round in range(60 if os.environ.get("ISME_TEST_ALL") else 6):
        in_threads(
            0.3,
            lambda: tell(user),
            lambda: inbox.mark_all_read(person_id=user.pk),
            *[lambda: ask(user)] * 3,
        )
        assert ask(user) == badge.count(user.pk)
    tell(user)
    assert ask(user) == badge.count(user.pk) > 0


@transactional
def test_asking_by_itself_does_not_keep_a_session_alive(client):
    user = make_user()
    enter(client, user)
    began = SignInSession.objects.get().seen_at
    with time_machine.travel(began.timestamp() + 600, tick=False):
        evictable.client.flushdb()
        assert client.get(COUNT).status_code == 200
        assert SignInSession.objects.get().seen_at == began
        client.get("/dashboard/")
        assert SignInSession.objects.get().seen_at > began, "a page view does, though all was warm"


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, badge.MOST_KNOWN, badge.MOST_KNOWN + 1])
def test_what_is_kept_says_the_same_as_the_database(number):
    """Else a page that was opened leaves its notice unread, or asks for nothing."""
    user = make_user()
    for of in range(number):
        tell(user, about=f"thread:{of}")
    known = badge.Unread.from_bytes(badge.read(user.pk).to_bytes())
    assert known == badge.read(user.pk)
    assert badge.with_lines(user.pk)[0] == known, "what a home page learns along with its card"
    assert evictable.client.get(badge.key(user.pk)) == known.to_bytes()
    assert known.number == badge.count(user.pk) == number
    assert known.may_have(["thread:0"]) is (number > 0)
    assert known.may_have(["thread:x"]) is (number > badge.MOST_KNOWN), "unknown: it may"


@transactional
@pytest.mark.parametrize("unread", [1, badge.MOST_KNOWN + 1])
def test_home_page_learns_number_and_lines_of_a_notice_at_once(
    client, django_assert_num_queries, unread
):
    """Else each notice of a lively thread costs all who follow it two queries instead of one."""
    user = make_user()
    enter(client, user)
    client.get("/dashboard/")
    for of in range(unread):
        tell(user, about=f"thread:{of}")
    assert evictable.client.get(badge.key(user.pk)) is None
    with django_assert_num_queries(1 if unread == 1 else 2):
        page = client.get("/dashboard/")
    assert number(page) == str(unread)
    assert "notices-title" in page.text
    with django_assert_num_queries(0):
        client.get(COUNT)


@transactional
def test_page_of_something_else_asks_nothing(client, django_assert_num_queries):
    """Else who has one notice unread pays for it on every page of the faculty."""
    user = make_user()
    tell(user, about="room:0")
    enter(client, user)
    client.get("/courses/")
    with django_assert_num_queries(0):
        client.get("/courses/")
