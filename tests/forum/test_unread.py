"""What somebody has not seen is told where they look for it, and nothing that is gone is news."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.choices import PostState
from forum.models import ForumCategory, Post, Thread, ThreadReader
from forum.querysets import UNREAD_DAYS
from forum.selectors.threads import counted, threads_of
from forum.selectors.unseen import first_unseen
from forum.services.marks import bits
from forum.services.merging import merge
from forum.services.posts import set_state
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db
GONE = [PostState.DELETED, PostState.HIDDEN]


@pytest.fixture
def boss(db):
    cast.category("umum")
    return cast.person("boss", "office")


@pytest.fixture
def reader(boss):
    return cast.person("reader")


@pytest.fixture
def made(client, boss, reader) -> Thread:
    """A thread of two replies that ``reader`` has seen all of."""
    thread = cast.thread(cast.person("starter"))
    cast.answer(thread.author, thread)
    cast.answer(thread.author, thread)
    enter(client, reader).get(thread.get_absolute_url())
    return thread


def unread(user, thread: Thread) -> tuple[bool, int]:
    """Whether the thread's row says that it has news, and how many the category has."""
    (row,) = threads_of(thread.category, user).filter(pk=thread.pk)
    (category,) = counted(ForumCategory.objects.visible_to(user), user)
    return row.is_unread, category.unread


@pytest.mark.smoke
@pytest.mark.parametrize("state", GONE)
def test_thread_whose_only_new_reply_is_gone_has_no_news(made, boss, reader, state):
    """Else one opens it for the point that it has, and finds nothing, for sixty days."""
    assert unread(reader, made) == (False, 0)
    post = cast.answer(made.author, made)
    assert unread(reader, made) == (True, 1)
    set_state(actor=boss, post_id=post.pk, state=state)
    assert unread(reader, made) == (False, 0)
    cast.answer(made.author, made)
    assert unread(reader, made) == (True, 1)


def test_hidden_reply_that_is_shown_again_is_news(made, boss, reader):
    post = cast.answer(made.author, made)
    for state in (PostState.HIDDEN, PostState.VISIBLE):
        set_state(actor=boss, post_id=post.pk, state=state)
    assert unread(reader, made) == (True, 1)


def test_reply_deleted_between_others_changes_no_news(made, boss, reader):
    first, _second = cast.answer(made.author, made), cast.answer(made.author, made)
    set_state(actor=boss, post_id=first.pk, state=PostState.DELETED)
    assert unread(reader, made) == (True, 1)


@pytest.mark.parametrize("state", GONE)
def test_thread_falls_back_to_its_last_reply_that_is_there(made, boss, state):
    """Else an advertisement keeps a thread on top after the office took it away."""
    post = cast.answer(made.author, made)
    set_state(actor=boss, post_id=post.pk, state=state)
    made.refresh_from_db()
    assert made.last_post_at == Post.objects.get(number=2).created_at


def test_merged_thread_brings_news_unless_all_of_it_is_gone(client, made, boss, reader):
    for gone in (True, False):
        source = cast.thread(cast.person(f"other{gone}"))
        if gone:
            Post.objects.filter(thread=source).update(
                state="hidden", removed_at=source.created_at, removed_by=boss
            )
        merge(actor=boss, source_id=source.pk, target_id=made.pk)
        assert unread(reader, made) == (not gone, int(not gone))


def test_news_of_two_months_ago_is_none(made, reader):
    """Else who comes back after a year finds a forum that is all new."""
    cast.answer(made.author, made)
    Thread.objects.update(last_post_at=timezone.now() - timedelta(days=UNREAD_DAYS + 1))
    assert unread(reader, made) == (False, 0)


@pytest.mark.parametrize("threads", [1, 30])
def test_counts_of_categories_cost_the_same(boss, reader, django_assert_num_queries, threads):
    for number in range(threads):
        cast.thread(boss, cast.category(f"k{number}"))
    with django_assert_num_queries(2):
        found = counted(ForumCategory.objects.visible_to(reader), reader)
    assert sum(category.unread for category in found) == threads


def read_upto(reader, thread: Thread, seen: range) -> None:
    """As if the posts at these places of the reading order had been on pages of the reader's."""
    numbers = Post.objects.filter(thread=thread).order_by("path").values_list("number", flat=True)
    raw = bits(numbers[seen.start : seen.stop])
    ThreadReader.objects.update_or_create(
        thread=thread, user=reader, defaults={"seen": raw.to_bytes(200, "little")}
    )


@pytest.mark.smoke
def test_jump_leads_to_the_first_post_not_seen_wherever_it_is(client, boss, reader):
    made = cast.grown(boss, 1200)
    posts = list(Post.objects.filter(thread=made).order_by("path").values_list("pk", flat=True))
    enter(client, reader)
    for place in (0, 1, 190, 600, 1199, 1200):
        read_upto(reader, made, range(place))
        address = client.get(f"{made.get_absolute_url()}unread/")["Location"]
        assert address.endswith(f"#p{posts[place]}"), place


def test_jump_passes_over_what_is_gone_and_ones_own(client, boss, reader):
    made = cast.grown(boss, 1200)
    read_upto(reader, made, range(600))
    own, gone, next_one = Post.objects.filter(thread=made).order_by("path")[600:603]
    Post.objects.filter(pk=own.pk).update(author=reader)
    set_state(actor=boss, post_id=gone.pk, state=PostState.DELETED)
    enter(client, reader)
    address = f"{made.get_absolute_url()}unread/"
    assert client.get(address)["Location"].endswith(f"#p{next_one.pk}")
    read_upto(reader, made, range(1201))
    assert client.get(address)["Location"] == made.get_absolute_url()


@pytest.mark.parametrize("replies", [1, 3, 200, 1200])
def test_jump_reads_one_post(boss, reader, replies):
    """Else who comes back to a long thread brings all of it into the process's memory."""
    made = cast.grown(boss, replies)
    for seen in (0, replies, replies + 1):
        read_upto(reader, made, range(seen))
        raw = bytes(ThreadReader.objects.get(user=reader).seen)
        with CaptureQueriesContext(connection) as asked:
            first_unseen(made, reader, raw)
        assert [query["sql"].count("LIMIT 1") for query in asked] == [1] * (seen <= replies)
