"""Replies: written, edited, removed. Everything that counts happens under the thread's lock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Case, F, Max, PositiveIntegerField, Value, When
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from forum import markup, rules
from forum.choices import FORUM, QUESTIONS, Follow, PostState
from forum.errors import FilesAway, NotAllowed, ParentGone, ThreadNotOpen
from forum.models import (
    Attachment,
    Post,
    PostRevision,
    Pseudonym,
    Thread,
    ThreadReader,
)
from forum.models.fields import MOST_DEPTH, SEGMENT_BYTES, segment
from forum.selectors.seen import forget_after_commit
from forum.services import counters, events
from forum.services.streams import category_with_course, note_activity
from forum.services.texts import (
    MOST_OPENING_CHARACTERS,
    MOST_REPLY_CHARACTERS,
    Written,
    mentioned_in,
    write,
)
from isme.lib import audit, files, home, versions
from isme.lib.outage import StoreAway
from isme.lib.transactions import retry_atomic


@dataclass(frozen=True)
class Message:
    """What somebody wrote in a form."""

    text: str
    attached: Sequence[files.Checked] = field(default_factory=tuple)
    is_anonymous: bool = False


@retry_atomic
def reply(*, author: User, thread_id: int, parent_id: int | None, message: Message) -> Post:
    """Add a reply to the thread, or under ``parent_id``.

    Locks the thread's row: numbers, counters and the tree are right for any number of writers.
    The caller has seen that ``author`` may read the thread. Raises Thread.DoesNotExist,
    ThreadNotOpen, NotAllowed, ParentGone, Empty, TooLong.
    """
    written = write(message.text, most=MOST_REPLY_CHARACTERS)
    thread = counters.lock(thread_id)
    thread.category = category_with_course(thread.category_id)
    if not rules.can_reply(author, thread):
        raise NotAllowed if thread.takes_replies else ThreadNotOpen
    parent = _parent(thread, parent_id)
    number = thread.last_number + 1
    above = bytes(parent.path) if parent else b""
    if len(above) == MOST_DEPTH * SEGMENT_BYTES:
        above = above[:-SEGMENT_BYTES]  # deeper answers stand beside what they answer
    post = new_post(
        thread,
        author,
        written,
        is_anonymous=message.is_anonymous,
        number=number,
        parent=parent,
        path=above + segment(number),
    )
    counters.touch(thread, **counters.now_and_next(thread))
    counters.became_shown(post, parent)
    attach(post, message.attached)
    follow_own(thread, author, number)
    events.replied(post, thread, written.mentioned)
    note_activity("forum.reply", thread, post)
    home.forget([author.pk], "unread")
    if thread.is_question and author.role == Role.LECTURER:
        versions.bump(QUESTIONS)
    return post


def _parent(thread: Thread, parent_id: int | None) -> Post | None:
    if parent_id is None:
        return None
    parent = Post.objects.filter(
        pk=parent_id, thread_id=thread.pk, state=PostState.VISIBLE
    ).first()
    if parent is None:
        raise ParentGone
    return parent if parent.depth else None


def new_post(  # noqa: PLR0913 (one row)
    thread: Thread,
    author: User,
    written: Written,
    *,
    is_anonymous: bool,
    number: int,
    path: bytes,
    parent: Post | None = None,
) -> Post:
    """One row under the thread's lock. The starter of an anonymous thread has no choice."""
    masked = is_anonymous or rules.is_masked(author, thread)
    return Post.objects.create(
        thread=thread,
        author=author,
        parent=parent,
        number=number,
        path=path,
        depth=len(path) // SEGMENT_BYTES,
        pseudonym=pseudonym(thread, author) if masked else None,
        title="" if number else thread.title,
        body=written.body,
        html=written.html,
        markup_version=markup.VERSION,
    )


def pseudonym(thread: Thread, author: User) -> int:
    """The author's number in this thread; a new one is the next. Under the thread's lock."""
    known = Pseudonym.objects.filter(thread=thread, user=author).values_list("number", flat=True)
    number = known.first()
    if number is None:
        number = free_pseudonym(thread)
        Pseudonym.objects.create(thread=thread, user=author, number=number)
    return number


def free_pseudonym(thread: Thread) -> int:
    """The next number: a merged thread has some that are nobody's of its own."""
    used = Post.objects.filter(thread=thread).aggregate(most=Max("pseudonym"))
    return (used["most"] or 0) + 1


def attach(post: Post, checked: Sequence[files.Checked]) -> None:
    """Keep the files with the post. Raises FilesAway: then the post isn't kept either."""
    try:
        for one in checked:
            stored = files.keep(one, owner_id=post.author_id)
            Attachment.objects.create(post=post, file=stored)
    except StoreAway:
        raise FilesAway from None


def follow_own(thread: Thread, author: User, number: int) -> None:
    """Who writes follows, unless they follow or muted it already; one's own post is no news."""
    mine = ThreadReader.objects.filter(thread=thread, user=author)
    following = When(follow=Follow.NONE, then=Value(Follow.FOLLOWING))
    nothing_missed = When(seen_number=thread.last_number, then=Value(number))
    changes = {
        "follow": Case(following, default=F("follow")),
        "seen_number": Case(
            nothing_missed, default=F("seen_number"), output_field=PositiveIntegerField()
        ),
    }
    forget_after_commit(author.pk)
    if not mine.update(**changes):
        row = ThreadReader(thread=thread, user=author, follow=Follow.FOLLOWING)
        ThreadReader.objects.bulk_create([row], ignore_conflicts=True)
        mine.update(**changes)  # a look of theirs may have been faster


@retry_atomic
def edit(*, editor: User, post_id: int, text: str) -> Post:
    """Replace the text; after two minutes, or by another, marked and with the old one kept.

    Who is mentioned now and was not before is told. Locks the thread. Raises Post.DoesNotExist,
    NotAllowed, Empty, TooLong.
    """
    thread_id = Post.objects.values_list("thread_id", flat=True).get(pk=post_id)
    thread = counters.lock(thread_id)
    post = Post.objects.get(pk=post_id)
    post.thread = thread
    if not rules.can_edit(editor, post):
        raise NotAllowed
    most = MOST_REPLY_CHARACTERS if post.depth else MOST_OPENING_CHARACTERS
    written = write(text, most=most)
    if written.body == post.body:
        return post
    changes: dict[str, object] = {}
    if not rules.is_quiet_edit(editor, post):
        before = post.edited_at or post.created_at
        PostRevision.objects.create(post=post, html=post.html, written_at=before)
        changes = {"edited_at": timezone.now(), "edited_by": editor}
    Post.objects.filter(pk=post.pk).update(
        body=written.body, html=written.html, markup_version=markup.VERSION, **changes
    )
    counters.touch(thread)
    if editor.pk != post.author_id:
        _record("forum.post_edited", editor, post)
    known = mentioned_in(post.body) if written.mentioned else set()
    post.refresh_from_db()
    if post.state == PostState.VISIBLE:
        events.mentioned(post, thread, sorted(set(written.mentioned) - known))
    return post


@retry_atomic
def set_state(*, actor: User, post_id: int, state: PostState) -> Post:
    """Delete, hide, or bring back a reply. Harmless to repeat. Locks the thread.

    Raises Post.DoesNotExist, NotAllowed.
    """
    thread = counters.lock(Post.objects.values_list("thread_id", flat=True).get(pk=post_id))
    post = Post.objects.get(pk=post_id)
    post.thread = thread
    if post.state == state:
        return post
    if state == PostState.DELETED:
        allowed = rules.can_delete(actor, post)
    elif state == PostState.VISIBLE:
        allowed = rules.can_bring_back(actor, post)
    else:
        allowed = rules.can_moderate(actor) and post.depth > 0
    if not allowed:
        raise NotAllowed
    _change_state(actor, thread, post, state)
    if actor.pk != post.author_id:
        _record(f"forum.post_{state}", actor, post)
    return post


def _change_state(actor: User, thread: Thread, post: Post, state: PostState) -> None:
    was_shown, was_visible = counters.is_shown(post), post.state == PostState.VISIBLE
    visible = state == PostState.VISIBLE
    post.state = state
    post.removed_at = None if visible else timezone.now()
    post.removed_by = None if visible else actor
    post.save(update_fields=["state", "removed_at", "removed_by"])
    changes: dict[str, object] = {}
    if was_visible != visible:
        changes["reply_count"] = thread.reply_count + (1 if visible else -1)
        if post.number >= thread.newest_number:
            changes |= counters.newest(thread)
    if was_visible and not visible:
        events.gone(thread.pk, post.pk)
    if thread.accepted_id == post.pk and not visible:
        changes["accepted"] = None
    counters.touch(thread, **changes)
    versions.bump(FORUM)
    if was_shown and not counters.is_shown(post):
        counters.became_hidden(post)
    elif not was_shown and counters.is_shown(post):
        counters.became_shown(post)


def _record(verb: str, actor: User, post: Post) -> None:
    audit.record(
        verb, actor_id=actor.pk, subject=f"post:{post.pk}", details={"thread": post.thread_id}
    )
