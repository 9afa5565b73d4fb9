"""The inbox: one's own, newest first, and its links don't shift when something new comes."""

import re
from copy import copy
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from isme.lib.redis import evictable
from isme.lib.timing import Cost, _current
from notifications import terms
from notifications.models import Notice, Notification
from notifications.selectors import newest
from tests.conftest import enter, make_user
from tests.notifications.cast import reply, tell, told

LIST = "/notifications/"
LARGE = 4000
MOST_ROWS = 300  # 51 lines, each with its notice looked up twice, and the rest of the page
VALUES = {"text": "x"}
pytestmark = pytest.mark.django_db


def many(user: User, number: int) -> list[Notification]:
    notice = tell(user)
    Notification.objects.all().delete()
    # Told one by one, they cost more than all that is tested with them.
    others = Notice.objects.bulk_create(copy_of(notice) for _ in range(number - 1))
    Notification.objects.bulk_create(
        Notification(notice=one, person=user, kind=one.kind, created_at=notice.created_at)
        for one in (notice, *others)
    )
    return list(Notification.objects.order_by("-pk"))


def copy_of(notice: Notice) -> Notice:
    made = copy(notice)
    made.pk, made.audience, made.told = None, [], 0
    return made


def shown(response) -> list[int]:
    return [item.pk for day in response.context["days"] for item in day.items]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "?page=1", "?unread=1"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_list_query_budget(signed_in, django_assert_num_queries, rows, query, headers):
    client, user = signed_in, User.objects.get()
    # The rows, and their number for pages by number; who looks again costs no query.
    queries, again = (2, 2) if "page" in query else (1, 0)
    many(user, rows)
    client.get(LIST)  # warm
    evictable.client.delete(newest.key(user.pk))
    with django_assert_num_queries(queries):
        client.get(LIST + query, headers=headers)
    with django_assert_num_queries(again):
        response = client.get(LIST + query, headers=headers)
    assert len(shown(response)) == rows
    assert ("<html" in response.text) is (headers == {})


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 50),
        ("?per_page=100", 100),
        ("?per_page=101", 100),
        ("?per_page=0", 50),
        ("?per_page=-5", 50),
        ("?per_page=999999999", 100),
        ("?page=3", 20),
        ("?page=3&per_page=50", 20),
        ("?page=99999999999999999999", 50),
        ("?page=0", 50),
        ("?page=last", 50),
        ("?page=%00", 50),
        ("?page=١", 50),
        ("?page=1_0", 50),
        ("?before=0", 0),
        ("?before=-1", 50),
        ("?before=x", 50),
        ("?before=%00", 50),
        ("?before=9223372036854775808", 50),
        ("?before=99999999999999999999999999", 50),
        ("?kind=nothing", 50),
        ("?kind=forum", 0),
        ("?kind=announcement", 50),
        ("?kind=tests.plain", 50),
        ("?term=5", 0),
        ("?term=x", 50),
        ("?unread=1", 50),
        ("?unread=2", 50),
    ],
)
def test_any_address_gives_a_proper_page(client: Client, user, query, count):
    many(user, 120)
    enter(client, user)
    response = client.get(LIST + query)
    assert response.status_code == 200
    assert len(shown(response)) == count


def test_pages_by_cursor_show_each_once_though_new_ones_come(client, user):
    """By number, what is new would push a line to the next page, where it is read twice."""
    rows = many(user, 120)
    enter(client, user)
    seen: list[int] = []
    address = LIST
    while address:
        response = client.get(address)
        seen += shown(response)
        address = response.context["older"]
        tell(user)
    assert seen == [row.pk for row in rows]
    assert "before=" in client.get(LIST).context["older"]


def test_filters_stay_in_the_links(client, user):
    many(user, 60)
    enter(client, user)
    older = client.get(LIST + "?unread=1&kind=announcement&per_page=20").context["older"]
    assert re.fullmatch(
        r"/notifications/\?unread=1&kind=announcement&per_page=20&before=\d+", older
    )


def test_ones_own_alone(client, user):
    tell(make_user("tiara"), what="Not for Nadia")
    tell(user, what="For Nadia")
    enter(client, user)
    text = client.get(LIST).text
    assert "For Nadia" in text
    assert "Not for Nadia" not in text


def test_words_come_in_the_readers_language_and_are_escaped(client, user):
    tell(user, what="<script>alert(1)</script>")
    enter(client, user)
    assert "&lt;script&gt;alert(1)" in client.get(LIST).text
    assert "Hari ini" in client.get(LIST).text
    client.cookies["lang"] = "en"
    assert "Today" in client.get(LIST).text


def test_by_term(client, user, monkeypatch):
    monkeypatch.setattr(terms, "current", lambda: 7)
    monkeypatch.setattr(terms, "labels", lambda _hot: [(7, "Ganjil 2026/2027")])
    tell(user, what="Of this term")
    monkeypatch.setattr(terms, "current", lambda: None)
    tell(user, what="Of none")
    enter(client, user)
    text = client.get(LIST + "?term=7").text
    assert "Of this term" in text
    assert "Of none" not in text
    assert "Ganjil 2026/2027" in text


def test_many_about_one_thing_read_as_one_line(client, user):
    reply(user, post=99, thread=2, where="Syok")  # older: what is marked lies below the line
    for post in range(12):
        reply(user, post=post)
    enter(client, user)
    response = client.get(LIST)
    titles = [item.title for day in response.context["days"] for item in day.items]
    assert titles == ["12 replies in Sepsis", "Tiara replied"]
    assert response.text.count("-one") == 12

    newest = shown(response)[0]
    client.post(f"{LIST}{newest}/read/")
    assert Notification.objects.filter(read_at=None).count() == 1, "the line, not the other thread"


def test_opening_reads_it_and_goes_there(client, user):
    row = told(user.pk)
    enter(client, user)
    ahead = client.get(f"{LIST}{row.pk}/", headers={"Sec-Purpose": "prefetch"})
    assert ahead["Location"] == "/dashboard/?n=Hello"
    assert Notification.objects.get().read_at is None
    client.get(f"{LIST}{row.pk}/")
    assert Notification.objects.get().read_at is not None


def test_delete_and_undo(client, user, django_capture_on_commit_callbacks):
    row = told(user.pk)
    enter(client, user)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"{LIST}{row.pk}/delete/", {"next": LIST + "?unread=1"})
    assert response["Location"] == f"{LIST}?unread=1"
    page = client.get(response["Location"])
    assert shown(page) == []
    assert f'action="/notifications/{row.pk}/restore/"' in page.text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{LIST}{row.pk}/restore/")
    assert shown(client.get(LIST)) == [row.pk]


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/accounts/", "\\\\evil"]
)
def test_the_way_back_stays_in_the_inbox(client, user, target):
    row = told(user.pk)
    enter(client, user)
    assert client.post(f"{LIST}{row.pk}/read/", {"next": target})["Location"] == LIST


@pytest.mark.parametrize("verb", ["read", "delete", "restore"])
def test_another_persons_is_not_there(client, user, verb):
    row = told(make_user("tiara").pk)
    enter(client, user)
    assert client.post(f"{LIST}{row.pk}/{verb}/").status_code == 404
    assert client.post(f"{LIST}{2**64}/{verb}/").status_code == 404
    row.refresh_from_db()
    assert (row.read_at, row.deleted_at) == (None, None)


def test_in_place_answers_are_lines_that_tell_the_bell(client, user):
    row = told(user.pk)
    enter(client, user)
    htmx = {"HX-Request": "true"}
    answer = client.post(f"{LIST}{row.pk}/read/", headers=htmx)
    assert f'id="notification-{row.pk}"' in answer.text
    assert "note--new" not in answer.text
    assert answer["HX-Trigger"] == "inbox-changed"
    gone = client.post(f"{LIST}{row.pk}/delete/", headers=htmx).text
    assert re.search(rf'id="notification-{row.pk}"\s+hidden', gone)
    toast = gone.partition('hx-swap-oob="beforeend:#toasts"')[2]
    assert f'hx-post="/notifications/{row.pk}/restore/"' in toast
    assert f'hx-target="#notification-{row.pk}"' in toast


def test_the_page_counts_after_each_act_as_its_bell_does(
    client, user, django_capture_on_commit_callbacks
):
    """Else the heading still tells of three when the bell tells of two."""
    first, second, _third = (told(user.pk) for _number in range(3))
    enter(client, user)
    page = client.get(LIST).text

    def said(text: str) -> tuple[str, str]:
        count = re.search(r'id="unread-count"[^>]*>(\d*)<', text)[1]
        return count, " ".join(re.search(r'id="unread-said"[^>]*>([^<]*)<', text)[1].split())

    assert said(page) == ("3", "3 belum dibaca.")
    acts = [("delete", first, "2"), ("restore", first, "3"), ("read", second, "2")]
    for act, row, number in acts:
        with django_capture_on_commit_callbacks(execute=True):
            part = client.post(f"{LIST}{row.pk}/{act}/", headers={"HX-Request": "true"}).text
        assert said(part) == (number, f"{number} belum dibaca."), act
        assert f"{number} belum dibaca" in client.get(f"{LIST}count/").text, act
        assert 'action="/notifications/read-all/"' in part
    client.post(f"{LIST}read-all/")
    part = client.post(f"{LIST}{first.pk}/delete/", headers={"HX-Request": "true"}).text
    assert said(part) == ("", "Semua sudah Anda baca.")
    assert "read-all/" not in part


def test_nothing_unread_of_a_kind_is_not_nothing_at_all(client, user):
    """Else who looks for one kind is told that nothing waits, and has no way back but the tabs."""
    told(user.pk)
    enter(client, user)
    empty = client.get(f"{LIST}?unread=1&kind=forum").text
    assert "Tidak ada yang belum dibaca yang cocok" in empty
    assert "Tidak ada yang menunggu Anda" not in empty
    assert f'href="{LIST}?kind=forum">Tampilkan juga yang sudah dibaca' in empty
    assert f'href="{LIST}">Tampilkan semua' in empty
    nav = re.search(r'<nav class="tabs".*?</nav>', empty, re.DOTALL)[0]
    assert nav.count('aria-current="page"') == 1
    assert "Tidak ada yang menunggu Anda" not in client.get(f"{LIST}?unread=1&term=99").text


def test_reading_all_is_undone_for_what_it_read_alone(client, user):
    """Else one wrong press leaves nobody able to tell what they had still to read."""
    old, *fresh = (told(user.pk) for _number in range(3))
    enter(client, user)
    client.post(f"{LIST}{old.pk}/read/")
    page = client.post(f"{LIST}read-all/", follow=True).text
    undo = unescape(re.search(r'action="(/notifications/read-all/undo/[^"]+)"', page)[1])
    assert "2 notifikasi belum dibaca lagi." in client.post(undo, follow=True).text
    unread = Notification.objects.filter(read_at=None).values_list("pk", flat=True)
    assert sorted(unread) == sorted(one.pk for one in fresh)
    for bad in ("", "?at=x", "?at=2026-11-25"):
        assert client.post(f"{LIST}read-all/undo/{bad}").status_code == 404


def test_mark_all_reads_ones_own_only(client, user):
    other = make_user("tiara")
    tell(user, other)
    tell(user)
    enter(client, user)
    response = client.post(f"{LIST}read-all/", follow=True)
    assert "2 notifikasi kini dibaca" in response.text
    unread = Notification.objects.filter(read_at=None)
    assert [row.person_id for row in unread] == [other.pk]


def test_list_is_one_exchange_when_warm(client, user):
    many(user, 3)
    enter(client, user)
    client.get(LIST)
    cost = Cost()
    token = _current.set(cost)
    client.get(LIST)
    _current.reset(token)
    assert cost.exchanges == 1


@pytest.mark.django_db(transaction=True)  # telling MariaDB to look at its tables ends another
def test_a_page_reads_a_page_of_a_large_inbox(client):
    """Else somebody with 10,000 notices waits for all of them each time.

    With few rows, or before it has looked at its tables, MariaDB finds the good way by itself.
    """
    user = make_user()
    crowd = (User(username=f"x{n}", name="X", role="student", password="!") for n in range(24))
    User.objects.bulk_create(crowd)
    notices = (Notice(kind="tests.plain", values=VALUES) for _n in range(LARGE))
    Notice.objects.bulk_create(notices)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_notification (notice_id, person_id, kind, created_at)"
            " SELECT n.id, u.id, n.kind, n.created_at"
            " FROM notifications_notice n CROSS JOIN accounts_user u"
        )
        verb = "ANALYZE TABLE" if connection.vendor == "mysql" else "ANALYZE"
        for table in ("notifications_notification", "notifications_notice"):
            cursor.execute(f"{verb} {table}")
    enter(client, user)
    for query in ("", "?unread=1"):
        client.get(LIST + query)
        before = rows_read()
        assert len(shown(client.get(LIST + query))) == 50
        assert rows_read() - before < MOST_ROWS, query


def rows_read() -> int:
    if connection.vendor != "mysql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(value) for _name, value in cursor.fetchall())


@pytest.mark.parametrize(
    ("asked", "address"),
    [("", "/notifications/preferences/"), ("?unread=1", "/notifications/")],
)
def test_empty_inbox_says_what_can_be_done(signed_in, asked, address):
    """Else the page is a dead end: it says that nothing is there, and no more."""
    page = signed_in.get(f"/notifications/{asked}").text
    empty = page.partition('class="empty"')[2].partition("</div>\n</div>")[0]
    assert f'class="btn " href="{address}"' in empty
