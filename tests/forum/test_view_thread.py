"""A thread: whole and quick at any size, with what one has not seen, and nothing of others'."""

import re

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.accounts import change_account
from forum.choices import Access
from forum.models import ForumCategory, Post, Thread, ThreadReader
from forum.selectors import tree
from tests.conftest import enter
from tests.forum import cast

READING_QUERIES = 4  # thread, posts, attachments, own marks
KEPT_QUERIES = 2  # thread and own marks, where somebody has just read the same page
OF_MARKS = 1  # saved for who has none in the thread
NOT_MODIFIED_QUERIES = 1
MOST_PAGE_BYTES = 150_000
pytestmark = pytest.mark.django_db


@pytest.fixture
def starter(db) -> User:
    cast.category("umum")
    return cast.person("starter", name="Siti Starter")


@pytest.fixture
def reader(client, starter):
    enter(client, cast.person("reader"))
    client.get("/dashboard/")  # warm
    return client


def test_post_drawn_for_one_reader_is_not_shown_as_it_was_to_another(
    starter, django_capture_on_commit_callbacks
):
    """Posts are kept as they were drawn: else one sees what another liked, saved or has unread."""
    made = cast.thread(starter)
    post = cast.answer(starter, made, "Satu jawaban")
    address = made.get_absolute_url()
    first, second = (enter(Client(), cast.person(name)) for name in ("first", "second"))
    first.get(address)
    first.post(f"/forum/posts/{post.pk}/like/")
    first.post(f"/forum/posts/{post.pk}/bookmark/")

    def drawn(client) -> str:
        return client.get(address).text.split(f"id=p{post.pk}")[1].split("</article>")[0]

    for _again in range(2):
        mine = drawn(first)
        assert ("aria-pressed=true" in mine, "Tersimpan" in mine) == (True, True)
        theirs = drawn(second)
        assert ("aria-pressed=false" in theirs, "Tersimpan" in theirs) == (True, False)
        assert "1 Suka" in mine
        assert "1 Suka" in theirs

    with django_capture_on_commit_callbacks(execute=True):
        change_account(user_id=starter.pk, changes={"name": "Siti <Baru>"})
    assert "Siti &lt;Baru&gt;" in drawn(first)
    second.cookies["lang"] = "en"
    assert ">1 like<" in drawn(second)
    second.post(f"/forum/posts/{post.pk}/like/")
    assert ">2 likes<" in drawn(second), "words, as English counts"


def seen_twice(reader, address: str):
    reader.get(address)
    return reader.get(address)


def shown(response) -> list[int]:
    return [int(pk) for pk in re.findall(r"id=p(\d+)", response.text)]


@pytest.mark.parametrize("replies", [1, 3, 200, 5000])
def test_thread_query_budget(reader, starter, django_assert_num_queries, replies):
    """Else a long discussion is as slow as the predecessor's: 500 queries for 100 replies."""
    made = cast.grown(starter, replies)
    address = made.get_absolute_url()
    reader.get(address)  # notes what was seen
    reader.post(f"/forum/posts/{cast.opening(made).pk}/like/")
    reader.get(address)
    with django_assert_num_queries(KEPT_QUERIES):
        response = reader.get(address)
    assert len(shown(response)) <= tree.PAGE_POSTS + 1
    assert len(shown(response)) == min(replies, len(shown(response)) - 1) + 1

    Thread.objects.update(version=F("version") + 1)  # as whoever changes a post does
    with django_assert_num_queries(READING_QUERIES):
        reader.get(address)


def test_first_look_costs_one_write_more(reader, starter, django_assert_num_queries):
    address = cast.grown(starter, 3).get_absolute_url()
    # The insert stands between a savepoint and its release in a test's own transaction.
    with django_assert_num_queries(READING_QUERIES - OF_MARKS + 3):
        reader.get(address)


def test_what_others_have_just_read_is_read_once(reader, starter, django_assert_num_queries):
    """Else a lecture hall that opens one thread reads its 200 posts 300 times."""
    address = cast.grown(starter, 200).get_absolute_url()
    others = [enter(Client(), cast.person(name)) for name in ("first", "second")]
    for other in others:
        other.get("/dashboard/")  # warm
    posts = shown(others[0].get(address))
    with django_assert_num_queries(KEPT_QUERIES - OF_MARKS + 3):  # and what they saw is noted
        assert shown(others[1].get(address)) == posts


def test_office_s_page_with_hidden_posts_is_nobody_else_s(reader, starter):
    """Else a student who comes after the office reads what was hidden from them."""
    made = cast.grown(starter, 3)
    hidden = Post.objects.filter(child_count=0, depth__gt=0).first()
    keeper = cast.person("office", "office")
    gone = {"state": "hidden", "removed_by": keeper, "removed_at": timezone.now()}
    Post.objects.filter(pk=hidden.pk).update(**gone)
    office = enter(Client(), keeper)
    for _again in range(2):
        assert hidden.pk in shown(office.get(made.get_absolute_url()))
        assert hidden.pk not in shown(reader.get(made.get_absolute_url()))


def test_page_of_200_replies_is_light(reader, starter):
    """Else a phone on campus waits: Moodle sends 1,627 KB for the same."""
    made = cast.grown(starter, 200)
    for response in (reader.get(made.get_absolute_url()), reader.get(made.get_absolute_url())):
        assert len(shown(response)) == 201
        assert len(response.content) <= MOST_PAGE_BYTES


def test_unchanged_thread_is_304_for_one_query(reader, starter, django_assert_num_queries):
    address = cast.grown(starter, 20).get_absolute_url()
    etag = seen_twice(reader, address)["ETag"]

    with django_assert_num_queries(NOT_MODIFIED_QUERIES):
        response = reader.get(address, headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")


def change_reply(made, starter, reader):
    cast.answer(starter, made, "Baru")


def change_like(made, starter, reader):
    reader.post(f"/forum/posts/{cast.opening(made).pk}/like/")


def change_bookmark(made, starter, reader):
    reader.post(f"/forum/posts/{cast.opening(made).pk}/bookmark/", headers={"HX-Request": "true"})


def change_edit(made, starter, reader):
    from forum.services.posts import edit

    edit(editor=starter, post_id=cast.opening(made).pk, text="Lain sekali")


def change_close(made, starter, reader):
    from forum.services.threads import set_thread_state

    set_thread_state(actor=starter, thread_id=made.pk, state="closed")


def change_language(made, starter, reader):
    reader.cookies["lang"] = "en"


def change_name(made, starter, reader):
    change_account(user_id=starter.pk, changes={"name": "Nama Baru"})


def change_board_s_name(made, starter, reader):
    ForumCategory.objects.filter(pk=made.category_id).update(name="Papan lain")


def change_board_s_rights(made, starter, reader):
    ForumCategory.objects.filter(pk=made.category_id).update(student_access=Access.READ)


CHANGES = [
    change_board_s_name,
    change_board_s_rights,
    change_reply,
    change_like,
    change_bookmark,
    change_edit,
    change_close,
    change_language,
    change_name,
]


@pytest.mark.parametrize("change", CHANGES)
def test_changed_thread_is_sent_anew(reader, starter, change, django_capture_on_commit_callbacks):
    """Else somebody keeps looking at yesterday's page."""
    made = cast.grown(starter, 3)
    etag = seen_twice(reader, made.get_absolute_url())["ETag"]
    with django_capture_on_commit_callbacks(execute=True):
        change(made, starter, reader)
    response = reader.get(made.get_absolute_url(), headers={"If-None-Match": etag})
    assert response.status_code == 200


def all_pages(reader, made) -> list[list[int]]:
    pages, address = [], made.get_absolute_url()
    while True:
        response = reader.get(address)
        pages.append(shown(response))
        following = re.search(r'rel="next"\s+href="([^"]+)"', response.text)
        if not following:
            return pages
        address = made.get_absolute_url() + following[1]


def test_pages_show_every_post_once_in_order(reader, starter):
    made = cast.grown(starter, 700)
    pages = all_pages(reader, made)
    expected = list(Post.objects.order_by("path").values_list("pk", flat=True))
    assert [pk for page in pages for pk in page] == expected
    assert all(len(page) <= tree.PAGE_POSTS + 1 for page in pages)


def test_small_branches_are_kept_whole(reader, starter):
    """Else the answer to a question stands on another page than the question."""
    made = cast.thread(starter)
    for _group in range(7):
        head = cast.answer(starter, made)
        for _index in range(29):
            cast.answer(starter, made, parent=head)
    pages = all_pages(reader, made)
    depths = dict(Post.objects.values_list("pk", "depth"))
    assert [depths[page[0]] for page in pages] == [0, 1]
    assert [len(page) for page in pages] == [181, 30]


def test_pages_before_meet_the_beginning(reader, starter):
    made = cast.grown(starter, 450)
    wanted = tree.Wanted(made.pk, for_staff=False)
    assert tree.page_of(wanted._replace(start="ffffffff")).rows == []
    posts = list(Post.objects.order_by("path"))
    page = tree.page_of(wanted._replace(before=posts[-1].path.hex()))
    found = [row.id for row in page.rows]
    while page.before:
        page = tree.page_of(wanted._replace(before=page.before))
        found = [row.id for row in page.rows] + found
    assert found == [post.pk for post in posts[:-1]]


@pytest.mark.parametrize("place", [0, 150, 330, 699])
def test_permalink_opens_the_page_with_the_post(reader, starter, place):
    cast.grown(starter, 700)
    post = Post.objects.order_by("path")[place]
    response = reader.get(f"/forum/posts/{post.pk}/")
    assert response["Location"].endswith(f"#p{post.pk}")
    assert post.pk in shown(reader.get(response["Location"].partition("#")[0]))


def test_unseen_posts_are_marked_until_seen(reader, starter):
    made = cast.grown(starter, 3)
    assert "<mark>Baru</mark>" in reader.get(made.get_absolute_url()).text
    assert "<mark>" not in reader.get(made.get_absolute_url()).text
    new = cast.answer(starter, made, "Apa kabar?")
    text = reader.get(made.get_absolute_url()).text
    assert text.count("<mark>") == 1
    assert text.index("<mark>") > text.index(f"id=p{new.pk}")


def test_jump_goes_to_the_first_post_not_yet_seen(reader, starter):
    made = cast.grown(starter, 450)
    first_page = shown(reader.get(made.get_absolute_url()))
    response = reader.get(f"{made.get_absolute_url()}unread/")
    expected = Post.objects.order_by("path")[len(first_page)]
    assert response["Location"].endswith(f"#p{expected.pk}")
    for _page in range(5):
        reader.get(response["Location"].partition("#")[0])
        response = reader.get(f"{made.get_absolute_url()}unread/")
    assert response["Location"] == made.get_absolute_url()


def test_way_to_the_unread_is_offered_while_there_is_some(reader, starter):
    """Else it leads who has read everything to the beginning, and says nothing."""
    made, offer = cast.thread(starter), "Ke yang belum dibaca"
    address = made.get_absolute_url()
    assert offer not in reader.get(address).text, "all of it is before them"
    new = cast.answer(starter, made)
    cast.answer(starter, made)
    assert f'href="#p{new.pk}">{offer}' in reader.get(address).text
    assert offer not in reader.get(address).text
    assert "Semua di sini sudah Anda baca." in reader.get(f"{address}unread/", follow=True).text


def test_way_to_the_unread_of_another_page(reader, starter):
    """Else who read the first of two pages can't go on where they were."""
    made, offer = cast.grown(starter, 300), "Ke yang belum dibaca"
    address = made.get_absolute_url()
    assert offer in reader.get(address).text
    again = reader.get(address).text
    assert f'href="{address}unread/">{offer}' in again
    last = reader.get(f"{address}unread/")["Location"].partition("#")[0]
    reader.get(last)
    for page in (address, last):
        assert offer not in reader.get(page).text


def test_own_posts_are_no_news(client, starter):
    made = cast.thread(starter)
    me = cast.person("me")
    enter(client, me)
    client.get(made.get_absolute_url())
    client.post(f"{made.get_absolute_url()}reply/", {"body": "Halo"})
    assert "<mark>" not in client.get(made.get_absolute_url()).text
    assert 'class="count"' not in client.get("/forum/").text


@pytest.mark.parametrize(
    "query",
    [
        "?from=zz", "?from=00", "?from=ffffffff", "?from=" + "0" * 88, "?from=%00", "?before=1",
        "?sort=liked&from=99999999999999999999-1", "?sort=newest&from=-", "?sort=password",
        "?sort=liked&from=1", "?from=" + "٠" * 8, "?before=ffffffff",
    ],
)  # fmt: skip
def test_forged_cursor_gives_a_proper_page(reader, starter, query):
    made = cast.grown(starter, 3)
    response = reader.get(made.get_absolute_url() + query)
    assert response.status_code == 200
    assert "Sebuah utas" in response.text


@pytest.mark.parametrize("pk", ["0", "9" * 30, "9" * 5000, "2147483648", "9223372036854775808"])
def test_impossible_ids_are_not_found(reader, pk):
    assert reader.get(f"/forum/t/{pk}/").status_code == 404
    assert reader.post(f"/forum/posts/{pk}/like/").status_code == 404


@pytest.mark.parametrize("sort", ["newest", "liked"])
def test_flat_orders_show_every_reply_once(reader, starter, sort):
    made = cast.grown(starter, 450)
    found, address = [], f"{made.get_absolute_url()}?sort={sort}"
    while address:
        response = reader.get(address)
        found += shown(response)
        following = re.search(r'rel="next"\s+href="([^"]+)"', response.text)
        address = made.get_absolute_url() + following[1].replace("&amp;", "&") if following else ""
    order = {"newest": ("-number",), "liked": ("-like_count", "-number")}[sort]
    replies = Post.objects.filter(depth__gt=0).order_by(*order)
    assert found == list(replies.values_list("pk", flat=True))


def test_htmx_gets_the_next_replies_alone(reader, starter):
    made = cast.grown(starter, 300)
    response = reader.get(
        f"{made.get_absolute_url()}?from=00000001", headers={"HX-Request": "true"}
    )
    assert "<html" not in response.text
    assert "<ol class=replies" in response.text


def test_deleted_thread_is_gone(reader, starter):
    made = cast.thread(starter)
    Thread.objects.update(state="deleted")
    assert reader.get(made.get_absolute_url()).status_code == 404
    assert ThreadReader.objects.filter(user__username="reader").count() == 0


def test_who_looks_as_somebody_is_offered_nothing_to_write(client, starter):
    """Else a super admin writes an answer as the student, and it is refused when it is sent."""
    made = cast.thread(starter)
    cast.answer(starter, made, "Satu jawaban")
    address, reply = made.get_absolute_url(), f"/forum/t/{made.pk}/reply/"
    pages = (address, reply, f"/forum/c/{made.category.slug}/")
    offers = ('id="write"', f"{reply}?parent=", "/new/")
    boss, theirs = cast.person("boss", role="super_admin"), cast.person("reader")
    own = "".join(enter(Client(), theirs).get(page).text for page in pages)
    assert all(offer in own for offer in offers)

    enter(client, boss)
    facts = {"reason": "Menelepon", "idempotency_key": "k" * 30}
    client.post(f"/accounts/users/{theirs.pk}/act-as/", facts)
    shown = [client.get(page).text for page in pages]

    assert not any(offer in page for offer in offers for page in shown)
    assert all("hanya dapat membaca" in page for page in shown[:2])
