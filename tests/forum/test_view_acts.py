"""What one does with a thread as a whole: the office all of it, its starter a little, others none."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from forum.choices import Access, Follow
from forum.models import CategoryFollow, Thread, ThreadReader
from tests.conftest import enter
from tests.forum import cast
from tests.forum.test_notices import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db):
    return cast.thread(cast.person("starter", name="Siti Starter"), cast.category("umum"))


def browser(username: str, role: str) -> Client:
    return enter(Client(), cast.person(username, role))


def acts(made: Thread) -> list[tuple[str, dict[str, str]]]:
    """What a page of the office offers for a thread, with a good value for each."""
    other = cast.thread(made.author, made.category, title="Utas lain")
    return [
        ("state", {"state": "closed"}),
        ("state", {"state": "archived"}),
        ("state", {"state": "deleted"}),
        ("pin", {"on": "1"}),
        ("move", {"category": made.category.slug}),
        ("merge", {"into": str(other.pk)}),
        ("change", {"title": "Judul orang"}),
    ]


@pytest.mark.parametrize("role", ["student", "lecturer"])
def test_reader_can_change_nothing_of_anothers_thread(made, role):
    reader = browser("reader", role)
    for act, values in acts(made):
        response = reader.post(f"{made.get_absolute_url()}{act}/", values)
        assert response.status_code == 403, (act, values)
        assert "Judul orang" not in response.text
    before = made.version
    made.refresh_from_db()
    assert (made.version, made.state, made.title) == (before, "open", "Sebuah utas")


def test_starter_closes_but_neither_pins_moves_nor_archives(client, made):
    enter(client, made.author)
    allowed, archived, _deleted, *others, _change = acts(made)
    for act, values in (archived, *others):
        assert client.post(f"{made.get_absolute_url()}{act}/", values).status_code == 403, act
    act, values = allowed
    assert client.post(f"{made.get_absolute_url()}{act}/", values).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.is_pinned) == ("closed", False)


def test_starter_deletes_a_thread_until_somebody_replied(client, made):
    enter(client, made.author)
    cast.answer(cast.person("peer"), made)
    address = f"{made.get_absolute_url()}state/"
    assert client.post(address, {"state": "deleted"}).status_code == 403
    lonely = cast.thread(made.author)
    client.post(f"{lonely.get_absolute_url()}state/", {"state": "deleted"})
    assert client.get(lonely.get_absolute_url()).status_code == 404


def test_office_moves_pins_and_merges(made):
    office = browser("boss", "office")
    elsewhere = cast.category("lain", student_access=0)
    office.post(f"{made.get_absolute_url()}pin/", {"on": "1"})
    office.post(f"{made.get_absolute_url()}move/", {"category": "lain"})
    made.refresh_from_db()
    assert (made.is_pinned, made.category_id) == (True, elsewhere.pk)
    assert browser("peer", "student").get(made.get_absolute_url()).status_code == 404
    target = cast.thread(cast.person("t", "lecturer"), elsewhere)
    response = office.post(
        f"{made.get_absolute_url()}merge/", {"into": f"https://isme.example/forum/t/{target.pk}/"}
    )
    assert response["Location"] == target.get_absolute_url()
    assert target.posts.count() == 2


@pytest.mark.parametrize("into", ["", "abc", "9" * 30, "own", "https://a.id/forum/t/0/"])
def test_merge_into_nothing_is_explained(made, into):
    into = str(made.pk) if into == "own" else into
    response = browser("boss", "office").post(f"{made.get_absolute_url()}merge/", {"into": into})
    assert response.status_code == 422
    assert "Tidak ada utas lain" in response.text


def test_thread_past_its_deadline_gets_a_better_title_from_the_office(made):
    """Else the form asks for a deadline ahead, and the thread would be open again."""
    Thread.objects.update(closes_at=timezone.now() - timedelta(days=3))
    office, address = browser("boss", "office"), f"{made.get_absolute_url()}change/"
    shown = re.search(r'name="closes_at" value="([^"]+)"', office.get(address).text)[1]
    values = {"title": "Judul jelas", "closes_at": shown}
    assert office.post(address, values).status_code == 302
    earlier = {"title": "Judul lain", "closes_at": "2020-01-01T00:00"}
    assert office.post(address, earlier).status_code == 422
    made.refresh_from_db()
    assert (made.title, made.takes_replies) == ("Judul jelas", False)
    assert "Ditutup sejak" in office.get(made.get_absolute_url()).text


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [("following", "following"), ("muted", "muted"), ("none", "none"), ("x", "following")],
)
def test_thread_is_followed_and_muted(client, made, wanted, kept):
    reader = enter(client, cast.person("reader"))
    page = reader.post(f"{made.get_absolute_url()}follow/", {"follow": wanted}, follow=True)
    assert page.status_code == 200
    assert ThreadReader.objects.get(user__username="reader").follow == Follow(kept)


def test_category_is_followed_and_left(client, made):
    reader = enter(client, cast.person("reader"))
    address = f"{made.category.get_absolute_url()}follow/"
    for _press in range(2):
        reader.post(address, {"on": "1"})
    assert CategoryFollow.objects.count() == 1
    reader.post(address, {"on": "0"})
    assert not CategoryFollow.objects.exists()


def test_deleted_thread_is_brought_back_by_who_deleted_it_alone(made):
    """Else a wrong press takes a thread of forty replies; or its starter undoes the office."""
    office, starter = browser("boss", "office"), enter(Client(), made.author)
    gone = office.post(f"{made.get_absolute_url()}state/", {"state": "deleted"})
    page = unescape(office.get(gone["Location"]).text)
    undo = re.search(r'action="(/forum/t/\d+/restore/[^"]+)"', page)[1]
    for client, address in (
        (starter, undo),
        (browser("boss2", "office"), undo),
        (office, f"{made.get_absolute_url()}restore/?proof=made-up"),
        (office, undo.replace(f"/{made.pk}/", f"/{cast.thread(made.author).pk}/")),
    ):
        assert client.post(address).status_code == 404
    assert starter.get(made.get_absolute_url()).status_code == 404
    for _press in range(2):
        assert office.post(undo).status_code == 302
        assert starter.get(made.get_absolute_url()).status_code == 200


def test_refusal_says_that_the_text_has_not_arrived(db):
    """Else the browser forgets a text that came a second after the category was closed to it."""
    where = cast.category("baca", student_access=Access.READ)
    reader = browser("peer", "student")
    page = reader.post(f"{where.get_absolute_url()}new/", {"title": "Halo", "body": "Panjang"})
    assert page.status_code == 403
    assert re.search(r"<body[^>]*\sdata-error", page.text)


@pytest.mark.parametrize(
    ("follow", "hears"), [("following", True), ("muted", False), ("none", False)]
)
def test_what_one_chooses_for_a_thread_is_what_one_hears(client, made, follow, hears):
    """By the page's own buttons: who only follows hears replies, who muted not even a mention."""
    reader = cast.person("reader")
    enter(client, reader).post(f"{made.get_absolute_url()}follow/", {"follow": follow})
    told()
    cast.answer(cast.person("peer"), made, "Halo @reader" if follow == "muted" else "Halo")
    assert ("reader" in [name for name, _kind in told()]) is hears


def test_who_mutes_a_thread_and_writes_in_it_stays_muted_by_its_page(client, made):
    reader = cast.person("reader")
    enter(client, reader)
    address = made.get_absolute_url()
    client.post(f"{address}follow/", {"follow": "muted"})
    client.post(f"{address}reply/", {"body": "Satu kata saja"})
    told()
    cast.answer(cast.person("peer"), made)
    assert "reader" not in [name for name, _kind in told()]


def test_category_that_one_follows_tells_of_no_private_thread(client, made):
    """Else following is a way into what one was not let into."""
    reader = cast.person("reader")
    enter(client, reader).post(f"{made.category.get_absolute_url()}follow/", {"on": "1"})
    told()
    cast.thread(made.author, made.category, is_private=True)
    cast.thread(made.author, made.category)
    assert [kind for name, kind in told() if name == "reader"] == ["thread_followed"]


def test_archived_thread_is_still_muted_and_left_but_not_liked(client, made):
    Thread.objects.update(state="archived")
    reader = enter(client, cast.person("reader"))
    address = made.get_absolute_url()
    assert reader.post(f"{address}follow/", {"follow": "muted"}).status_code == 302
    assert reader.post(f"/forum/posts/{cast.opening(made).pk}/like/").status_code == 403
