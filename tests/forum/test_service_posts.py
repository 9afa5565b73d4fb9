"""Replies: the tree, the counters and the rules hold."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from forum.choices import MarkKind, PostState
from forum.errors import ForumError, NotAllowed, ParentGone, ThreadNotOpen
from forum.models import Post, PostMark, PostRevision, Thread
from forum.services import marks
from forum.services.posts import edit, set_state
from forum.services.threads import set_thread_state
from tests.forum import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(db) -> User:
    cast.category("umum")
    return cast.person("author")


def counted(thread: Thread) -> tuple[int, int]:
    posts = Post.objects.filter(thread=thread, depth__gt=0)
    last = posts.order_by("-number").values_list("number", flat=True).first() or 0
    return posts.filter(state=PostState.VISIBLE).count(), last


def assert_whole(thread: Thread) -> None:
    """Counters equal counts, and every shown reply hangs on a shown one."""
    thread.refresh_from_db()
    assert (thread.reply_count, thread.last_number) == counted(thread)
    newest = Post.objects.filter(thread=thread, state=PostState.VISIBLE).latest("number")
    assert thread.newest_number == newest.number
    posts = list(Post.objects.filter(thread=thread))
    shown = {bytes(p.path): p for p in posts if p.state == PostState.VISIBLE or p.child_count}
    below: dict[bytes, int] = {}
    for path, post in shown.items():
        assert post.depth == 0 or path[:-4] in shown, f"{post} is an orphan"
        below[path[:-4]] = below.get(path[:-4], 0) + (post.depth > 1)
    for post in posts:
        assert post.child_count == (below.get(bytes(post.path), 0) if post.depth else 0), post
        likes = PostMark.objects.filter(post=post, kind=MarkKind.LIKE).count()
        assert post.like_count == likes


@pytest.mark.smoke
def test_depth_11_stands_beside_what_it_answers(author):
    """Else a long quarrel runs out of the screen of a phone."""
    made = cast.thread(author)
    post = None
    for _level in range(13):
        post = cast.answer(author, made, parent=post)
    assert list(Post.objects.order_by("number").values_list("depth", flat=True)) == [
        *range(11), 10, 10, 10,
    ]  # fmt: skip
    assert_whole(made)


@pytest.mark.smoke
def test_deleted_post_keeps_its_place_until_its_last_answer_goes(author):
    made = cast.thread(author)
    first = cast.answer(author, made)
    second = cast.answer(author, made, parent=first)
    third = cast.answer(author, made, parent=second)
    for post in (first, second):
        set_state(actor=author, post_id=post.pk, state=PostState.DELETED)
        assert_whole(made)
    assert Post.objects.shown().count() == 4
    set_state(actor=author, post_id=third.pk, state=PostState.DELETED)
    assert_whole(made)
    assert list(Post.objects.shown().values_list("number", flat=True)) == [0]


def test_hidden_branch_comes_back_whole(author):
    boss = cast.person("boss", "office")
    made = cast.thread(author)
    first = cast.answer(author, made)
    second = cast.answer(author, made, parent=first)
    for post in (second, first):
        set_state(actor=boss, post_id=post.pk, state=PostState.HIDDEN)
    assert_whole(made)
    set_state(actor=boss, post_id=second.pk, state=PostState.VISIBLE)
    assert_whole(made)
    assert Post.objects.shown().count() == 3


def test_deleting_twice_counts_once(author):
    made = cast.thread(author)
    post = cast.answer(author, made)
    for _press in range(2):
        set_state(actor=author, post_id=post.pk, state=PostState.DELETED)
    assert_whole(made)


def test_deleted_answer_is_no_longer_accepted(author):
    from forum.services.threads import accept

    made = cast.thread(author, is_question=True)
    post = cast.answer(author, made)
    accept(actor=author, post_id=post.pk, accepted=True)
    set_state(actor=author, post_id=post.pk, state=PostState.DELETED)
    made.refresh_from_db()
    assert made.accepted_id is None


@pytest.mark.parametrize("state", [PostState.DELETED, PostState.HIDDEN])
def test_gone_post_can_not_be_answered(author, state):
    made = cast.thread(author)
    post = cast.answer(author, made)
    boss = cast.person("boss", "office")
    set_state(actor=boss, post_id=post.pk, state=state)
    with pytest.raises(ParentGone):
        cast.answer(author, made, parent=post)
    assert_whole(made)


def test_post_of_another_thread_can_not_be_answered(author):
    made, other = cast.thread(author), cast.thread(author)
    with pytest.raises(ParentGone):
        cast.answer(author, made, parent=cast.answer(author, other))


@pytest.mark.parametrize("state", ["closed", "archived", "deleted"])
def test_closed_thread_takes_no_reply(author, state):
    """The predecessor closed threads and went on taking replies."""
    made = cast.thread(author)
    boss = cast.person("boss", "office")
    set_thread_state(actor=boss, thread_id=made.pk, state=state)
    for writer in (author, boss):
        with pytest.raises(ThreadNotOpen):
            cast.answer(writer, made)


def test_thread_past_its_deadline_takes_no_reply(author):
    made = cast.thread(author, closes_at=timezone.now() + timedelta(hours=1))
    cast.answer(author, made)
    Thread.objects.update(closes_at=timezone.now())
    with pytest.raises(ThreadNotOpen):
        cast.answer(author, made)


def test_reader_of_a_category_can_not_write(author):
    where = cast.category(student_access=1)
    made = cast.thread(cast.person("boss", "office"), where)
    with pytest.raises(NotAllowed):
        cast.answer(author, made)
    with pytest.raises(NotAllowed):
        cast.thread(author, where)


def test_early_edit_leaves_no_mark_and_a_late_one_shows(author):
    made = cast.thread(author)
    post = cast.answer(author, made, "Tekanan darah 120/80")
    edit(editor=author, post_id=post.pk, text="Tekanan darah 110/70")
    assert not PostRevision.objects.exists()
    Post.objects.update(created_at=timezone.now() - timedelta(minutes=2, seconds=1))
    post = edit(editor=author, post_id=post.pk, text="Tekanan darah 100/60")
    assert post.edited_at is not None
    assert PostRevision.objects.get().html == "<p>Tekanan darah 110/70</p>"


def test_office_edit_is_marked_and_audited(author):
    from isme.lib.models import Job

    post = cast.answer(author, cast.thread(author))
    boss = cast.person("boss", "office")
    assert edit(editor=boss, post_id=post.pk, text="Lain").edited_by_id == boss.pk
    job = Job.objects.filter(kind="accounts.audit_append").latest("pk")
    assert job.payload["verb"] == "forum.post_edited"


def test_nobody_edits_in_a_closed_thread_or_anothers_post(author):
    made = cast.thread(author)
    post = cast.answer(author, made)
    with pytest.raises(NotAllowed):
        edit(editor=cast.person("other"), post_id=post.pk, text="x")
    set_thread_state(actor=author, thread_id=made.pk, state="closed")
    with pytest.raises(NotAllowed):
        edit(editor=author, post_id=post.pk, text="x")


def test_likes_turn_over_and_count(author):
    post = cast.answer(author, cast.thread(author))
    assert marks.set_mark(user=author, post=post, kind=MarkKind.LIKE)
    assert not marks.set_mark(user=author, post=post, kind=MarkKind.LIKE)
    marks.set_mark(user=author, post=post, kind=MarkKind.LIKE, on=True)
    marks.set_mark(user=author, post=post, kind=MarkKind.LIKE, on=True)
    assert_whole(post.thread)


def test_merged_thread_hangs_in_the_other_whole(author):
    from forum.services.merging import merge

    boss = cast.person("boss", "office")
    target = cast.grown(author, 5)
    source = cast.grown(author, 60, seed=3)
    parent = Post.objects.filter(thread=source, depth=10).first()
    post = parent or Post.objects.filter(thread=source).latest("depth")
    while post.depth < 10:
        post = cast.answer(author, source, parent=post)
    gone = Post.objects.filter(thread=source, child_count=1).first()
    set_state(actor=boss, post_id=gone.pk, state=PostState.DELETED)
    anonymous = cast.answer(author, source, is_anonymous=True)
    source.refresh_from_db()
    before = source.reply_count
    with pytest.raises(NotAllowed):
        merge(actor=author, source_id=source.pk, target_id=target.pk)
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    assert_whole(target)
    source.refresh_from_db()
    assert (source.state, source.posts.count()) == ("deleted", 0)
    assert target.reply_count == 5 + before + 1
    anonymous.refresh_from_db()
    assert (anonymous.thread_id, anonymous.pseudonym, anonymous.depth) == (target.pk, 1, 2)


def test_private_thread_is_not_merged_into_a_public_one(author):
    from forum.services.merging import merge

    boss = cast.person("boss", "office")
    source, target = cast.thread(author, is_private=True), cast.thread(author)
    with pytest.raises(ForumError):
        merge(actor=boss, source_id=source.pk, target_id=target.pk)
    assert source.posts.count() == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"depth": 11}, {"depth": 2}, {"number": 0}, {"state": "hidden"}, {"state": "odd"},
        {"edited_at": timezone.now()}, {"endorsed_at": timezone.now()},
    ],
)  # fmt: skip
def test_database_refuses_a_broken_post(author, broken):
    from django.db import IntegrityError, OperationalError, transaction

    post = cast.answer(author, cast.thread(author))
    with pytest.raises((IntegrityError, OperationalError)), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(**broken)
