"""Threads: opened, changed, closed, moved."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from forum import rules
from forum.choices import FORUM, QUESTIONS, PostState, ThreadState
from forum.errors import NotAllowed, ReadersOfPublic
from forum.models import ForumCategory, Post, Thread, ThreadAccess
from forum.services import counters, events
from forum.services.posts import Message, attach, follow_own, new_post
from forum.services.streams import note_activity
from forum.services.texts import MOST_OPENING_CHARACTERS, write
from isme.lib import audit, versions
from isme.lib.transactions import retry_atomic

MOST_TAGS = 5


@dataclass(frozen=True)
class Plan:
    """A thread as somebody wants it."""

    title: str
    tags: Collection[str] = ()
    is_private: bool = False
    is_anonymous: bool = False
    is_question: bool = False
    closes_at: datetime | None = None
    allowed: Collection[int] = field(default_factory=tuple)

    @property
    def tag_text(self) -> str:
        return f"|{'|'.join(self.tags)}|" if self.tags else ""


@retry_atomic
def open_thread(*, author: User, category: ForumCategory, plan: Plan, message: Message) -> Thread:
    """Open a thread with its opening text.

    Raises NotAllowed, Empty, TooLong, ReadersOfPublic.
    """
    if not rules.can_open_thread(author, category):
        raise NotAllowed
    written = write(message.text, most=MOST_OPENING_CHARACTERS)
    thread = Thread.objects.create(
        category=category,
        author=author,
        title=plan.title,
        tags=plan.tag_text,
        is_private=plan.is_private,
        is_anonymous=plan.is_anonymous,
        is_question=plan.is_question,
        closes_at=plan.closes_at,
    )
    post = new_post(thread, author, written, is_anonymous=plan.is_anonymous, number=0, path=b"")
    let_in(thread, plan.allowed)
    attach(post, message.attached)
    follow_own(thread, author, 0)
    events.opened(thread, post, written.mentioned)
    note_activity("forum.thread", thread, post)
    versions.bump(FORUM)
    return thread


def let_in(thread: Thread, allowed: Collection[int]) -> None:
    """Exactly these people may read a private thread besides its author and staff.

    Raises ReadersOfPublic: a thread for some is never published because of a tick not made.
    """
    if allowed and not thread.is_private:
        raise ReadersOfPublic
    wanted = set(allowed)
    known = set(ThreadAccess.objects.filter(thread=thread).values_list("user_id", flat=True))
    ThreadAccess.objects.filter(thread=thread, user_id__in=known - wanted).delete()
    new = [ThreadAccess(thread=thread, user_id=pk) for pk in sorted(wanted - known)]
    ThreadAccess.objects.bulk_create(new)


@retry_atomic
def change_thread(*, actor: User, thread_id: int, plan: Plan) -> Thread:
    """Title, tags, deadline, question, privacy. Who is anonymous stays so.

    Raises NotAllowed, ReadersOfPublic.
    """
    thread = counters.lock(thread_id)
    if not rules.can_change_thread(actor, thread):
        raise NotAllowed
    changes: dict[str, object] = {
        "title": plan.title,
        "tags": plan.tag_text,
        "is_private": plan.is_private,
        "is_question": plan.is_question,
        "closes_at": plan.closes_at,
    }
    if not plan.is_question:
        changes["accepted"] = None
    counters.touch(thread, **changes)
    Post.objects.filter(thread=thread, number=0).update(title=plan.title)
    thread.is_private = plan.is_private
    let_in(thread, plan.allowed)
    versions.bump(FORUM)
    _record_if_not_own("forum.thread_changed", actor, thread)
    return thread


@retry_atomic
def set_thread_state(*, actor: User, thread_id: int, state: ThreadState) -> Thread:
    """Open, close, archive or delete. Harmless to repeat. Raises NotAllowed."""
    thread = counters.lock(thread_id)
    if state == ThreadState.DELETED:
        allowed = rules.can_delete_thread(actor, thread)
    elif ThreadState.ARCHIVED in {state, thread.state}:
        allowed = rules.can_moderate(actor)
    else:
        allowed = rules.can_close(actor, thread)
    if not allowed:
        raise NotAllowed
    if thread.state != state:
        counters.touch(thread, state=state)
        versions.bump(FORUM)
        if state == ThreadState.DELETED:
            events.gone(thread.pk)
        _record_if_not_own(f"forum.thread_{state}", actor, thread)
    thread.state = state
    return thread


@retry_atomic
def restore(*, actor: User, thread_id: int, state: ThreadState) -> Thread:
    """Bring a deleted thread back to ``state``, for who has just deleted it. Harmless to repeat.

    That it was they is for the caller to know.
    """
    thread = counters.lock(thread_id)
    if thread.state == ThreadState.DELETED:
        counters.touch(thread, state=state)
        versions.bump(FORUM)
        _record_if_not_own(f"forum.thread_{state}", actor, thread)
        thread.state = state
    return thread


@retry_atomic
def pin(*, actor: User, thread_id: int, is_pinned: bool) -> None:
    """Put on top of its category, or back. Raises NotAllowed."""
    thread = counters.lock(thread_id)
    if not rules.can_moderate(actor):
        raise NotAllowed
    counters.touch(thread, is_pinned=is_pinned)
    audit.record(
        "forum.thread_pinned" if is_pinned else "forum.thread_unpinned",
        actor_id=actor.pk,
        subject=f"thread:{thread.pk}",
    )


@retry_atomic
def move(*, actor: User, thread_id: int, category: ForumCategory) -> None:
    """Put into another category. Raises NotAllowed."""
    thread = counters.lock(thread_id)
    if not rules.can_moderate(actor):
        raise NotAllowed
    details = {"from": thread.category_id, "to": category.pk}
    counters.touch(thread, category=category)
    versions.bump(FORUM)
    audit.record(
        "forum.thread_moved", actor_id=actor.pk, subject=f"thread:{thread.pk}", details=details
    )


@retry_atomic
def accept(*, actor: User, post_id: int, accepted: bool) -> Post:
    """Say that a reply answers the question, or no longer. Raises NotAllowed."""
    thread = counters.lock(Post.objects.values_list("thread_id", flat=True).get(pk=post_id))
    post = Post.objects.get(pk=post_id)
    if not rules.can_accept(actor, thread) or not post.depth or post.state != PostState.VISIBLE:
        raise NotAllowed
    if accepted:
        counters.touch(thread, accepted=post)
        events.accepted(post, thread, actor.pk)
    elif thread.accepted_id == post.pk:
        counters.touch(thread, accepted=None)
    versions.bump(QUESTIONS)
    return post


def _record_if_not_own(verb: str, actor: User, thread: Thread) -> None:
    if actor.pk != thread.author_id:
        audit.record(verb, actor_id=actor.pk, subject=f"thread:{thread.pk}")
