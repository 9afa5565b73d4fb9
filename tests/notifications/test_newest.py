"""The newest page of an inbox is kept for who looks again, and is never another than the truth."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from isme.lib.redis import evictable
from notifications.models import Notice, Notification
from notifications.selectors import inbox as selectors
from notifications.selectors import newest
from notifications.selectors.inbox import Wanted
from notifications.services import inbox, prune
from notifications.services.erasure import forget_name
from notifications.services.withdraw import take_back
from tests.conftest import enter, make_user
from tests.notifications.cast import reply, tell
from tests.notifications.test_view_inbox import LIST, many

pytestmark = pytest.mark.django_db(transaction=True)


def kept(user: User) -> bytes | None:
    return evictable.client.get(newest.key(user.pk))


def test_second_look_asks_the_database_nothing(client, django_assert_num_queries):
    """Else the page that is opened most after the home page costs a query each time."""
    user = make_user()
    enter(client, user)
    tell(user, what="Satu")
    tell(user, what="Dua")
    inbox.mark_read(person_id=user.pk, pk=Notification.objects.earliest("pk").pk)
    client.get(LIST)
    with django_assert_num_queries(0):
        both, unread = client.get(LIST).text, client.get(f"{LIST}?unread=1").text
    assert "Satu" in both
    assert "Dua" in both
    assert "Satu" not in unread
    assert "Dua" in unread


@pytest.mark.parametrize("unread", [False, True])
def test_what_is_kept_is_what_the_database_says_after_each_act(client, unread):
    """Else a notice that was read, taken away or told stays, or is missing, for five minutes."""
    user, other = make_user(), make_user("other")
    enter(client, user)
    address = f"{LIST}?unread=1" if unread else LIST
    for number in range(3):
        tell(user, other, what=f"Kabar {number}", about=f"kabar:{number}")
    first, second, third = Notification.objects.filter(person=user).order_by("pk")
    at = timezone.now()
    acts = {
        "reads one": lambda: inbox.mark_read(person_id=user.pk, pk=first.pk),
        "opens its page": lambda: inbox.seen(person_id=user.pk, about="kabar:1"),
        "reads all": lambda: inbox.mark_all_read(person_id=user.pk, at=at),
        "undoes it": lambda: inbox.mark_unread(person_id=user.pk, at=at),
        "deletes": lambda: inbox.delete(person_id=user.pk, pk=second.pk),
        "restores": lambda: inbox.restore(person_id=user.pk, pk=second.pk),
        "is told": lambda: reply(user, post=4),
        "it was withdrawn": lambda: take_back(
            kinds="tests.", about="kabar:0", name="", value=None
        ),
        "old ones are deleted": lambda: grown_old(user, second.pk),
    }
    for name, act in acts.items():
        client.get(address)
        act()
        rows = selectors.older_than(user.pk, Wanted(unread=unread), None, 50)
        found = [item.pk for day in client.get(address).context["days"] for item in day.items]
        assert found == [row[0] for row in rows], name
    assert kept(user) is not None
    assert third.pk in found


def grown_old(user: User, pk: int) -> None:
    long_ago = timezone.now() - prune.READ_KEPT * 2
    Notification.objects.filter(pk=pk).update(created_at=long_ago, read_at=long_ago)
    prune.prune()
    assert not Notification.objects.filter(pk=pk).exists()


def test_name_that_was_erased_leaves_the_inboxes_of_others_at_once(client):
    """Else who has themselves erased is named for five minutes more."""
    author, reader = make_user("dewi"), make_user()
    User.objects.filter(pk=author.pk).update(name="Dewi Lestari")
    enter(client, reader)
    notice = tell(reader, what="Dewi Lestari")
    Notice.objects.filter(pk=notice.pk).update(by=author)
    assert "Dewi Lestari" in client.get(LIST).text
    forget_name(author.pk)
    assert "Dewi Lestari" not in client.get(LIST).text


def test_everybody_finds_their_own(client, monkeypatch):
    """Else the inbox that was kept for one is shown to the next, or to who looks as them."""
    one, two = make_user("satu"), make_user("dua")
    tell(one, what="Untuk satu")
    tell(two, what="Untuk dua")
    for user, mine, other in ((one, "satu", "dua"), (two, "dua", "satu"), (one, "satu", "dua")):
        page = enter(Client(), user).get(LIST).text
        assert f"Untuk {mine}" in page
        assert f"Untuk {other}" not in page


def test_who_acts_as_somebody_sees_their_inbox_and_not_ones_own():
    boss, person = make_user("bos", Role.SUPER_ADMIN), make_user()
    tell(boss, what="Untuk bos")
    tell(person, what="Untuk orangnya")
    client = enter(Client(), boss)
    client.get(LIST)
    address = f"/accounts/users/{person.pk}/act-as/"
    client.post(address, {"reason": "Laporan 7", "idempotency_key": "k" * 30})
    for _look in range(2):
        page = client.get(LIST).text
        assert "Untuk orangnya" in page
        assert "Untuk bos" not in page


def test_inbox_is_right_while_the_cache_is_away(client, user, monkeypatch):
    enter(client, user)
    tell(user, what="Satu")
    client.get(LIST)
    for _time in range(10):
        evictable.breaker.failed()
    try:
        Notification.objects.all().delete()
        assert "Satu" not in client.get(LIST).text
    finally:
        evictable.breaker.reset()


def test_rows_of_another_release_are_read_anew():
    """Else a line that shows one thing more answers 500 for all who looked before the upgrade."""
    user = make_user()
    tell(user)
    evictable.client.set(newest.key(user.pk), b'[[1, "tests.plain"]]')
    [row] = newest.all_of(user.pk, kept(user))
    assert len(row) == len(selectors.COLUMNS)
    assert newest.all_of(user.pk, kept(user)) == [tuple(row)]


@pytest.mark.parametrize("number", [0, 1, 50, 51])
def test_rows_come_out_of_the_cache_as_they_came_out_of_the_database(number):
    """Else a time, or the button for older ones, is another on the second look."""
    user = make_user()
    if number:
        many(user, number)
    found = newest.all_of(user.pk, None)
    assert len(found) == number
    again = newest.all_of(user.pk, kept(user))
    assert again == [tuple(row) for row in found]
    assert newest.unread_of(user.pk, kept(user), number=number) == again


def test_unread_ones_below_the_newest_page_are_found(client, django_assert_num_queries):
    """Else who read the newest fifty finds nothing under "unread", though the bell says one."""
    user = make_user()
    rows = many(user, 60)
    newer = [row.pk for row in rows[:-1]]
    Notification.objects.filter(pk__in=newer).update(read_at=timezone.now())
    with django_assert_num_queries(2):
        [found] = newest.unread_of(user.pk, None, number=1)
    assert found[0] == rows[-1].pk


def test_notice_that_comes_while_the_page_is_read_is_not_lost(client, monkeypatch):
    """Else a page that was read a moment before stands in for the one with the news."""
    user = make_user()
    real = selectors.older_than

    def slow(*asked):
        found = real(*asked)
        tell(user)
        return found

    monkeypatch.setattr(selectors, "older_than", slow)
    assert newest.all_of(user.pk, None) == []
    assert kept(user) is None


def test_pages_that_are_another_question_are_asked_of_the_database(client):
    """Else a filter, an older page or a longer one shows the newest fifty."""
    user = make_user()
    enter(client, user)
    rows = many(user, 60)
    client.get(LIST)
    for query, count in (
        (f"?before={rows[9].pk}", 50),
        ("?per_page=100", 60),
        ("?kind=tests.reply", 0),
        ("?kind=tests.plain", 50),
        (f"?unread=1&before={rows[50].pk}", 9),
    ):
        assert client.get(LIST + query).context["shown"] == count, query
