"""Likes, bookmarks, endorsements, reports, and what somebody saw."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from forum import rules
from forum.choices import QUESTIONS, Follow, MarkKind, ReportReason
from forum.errors import NotAllowed
from forum.models import (
    CategoryFollow,
    ForumCategory,
    Post,
    PostMark,
    Report,
    Thread,
    ThreadReader,
)
from forum.selectors.seen import note_after_commit
from forum.services import counters
from isme.lib import audit, home, versions
from isme.lib.transactions import retry_atomic


@retry_atomic
def set_mark(*, user: User, post: Post, kind: MarkKind, on: bool | None = None) -> bool:
    """Like or bookmark ``post``, or take it back; ``on`` None turns it over. Returns the state.

    The unique key decides between two presses at once, so the counter moves once. Raises
    NotAllowed in an archived thread.
    """
    if not rules.can_mark(user, post.thread):
        raise NotAllowed
    mine = PostMark.objects.filter(post=post, user=user, kind=kind)
    is_on = mine.exists()
    wanted = not is_on if on is None else on
    if wanted == is_on:
        return wanted
    if kind == MarkKind.LIKE:
        # The thread's row before the post's, as writers do: else the two block each other.
        counters.touch_unlocked(post.thread_id)
    step = _add(post, user, kind) if wanted else -mine.delete()[0]
    if kind == MarkKind.LIKE and step:
        Post.objects.filter(pk=post.pk).update(like_count=F("like_count") + step)
    _note_on_row(post.thread_id, user, is_own_news=kind == MarkKind.BOOKMARK)
    return wanted


def _note_on_row(thread_id: int, user: User, *, is_own_news: bool) -> None:
    """The reader's row says that there are marks; and that the page is another for them alone."""
    changes: dict[str, Any] = {"has_marks": True}
    if is_own_news:
        changes["version"] = F("version") + 1
    mine = ThreadReader.objects.filter(thread_id=thread_id, user=user)
    if not mine.update(**changes):
        _row, created = ThreadReader.objects.get_or_create(
            thread_id=thread_id, user=user, defaults={"has_marks": True}
        )
        if not created:  # a look of theirs was faster
            mine.update(**changes)


def note_marks(thread: Thread) -> None:
    """The same for everybody who has marks in ``thread``: three queries."""
    marks = PostMark.objects.filter(post__thread=thread).order_by()
    people = list(marks.values_list("user_id", flat=True).distinct())
    rows = [ThreadReader(thread=thread, user_id=pk) for pk in people]
    ThreadReader.objects.bulk_create(rows, ignore_conflicts=True)
    ThreadReader.objects.filter(thread=thread, user_id__in=people).update(has_marks=True)


def _add(post: Post, user: User, kind: MarkKind) -> int:
    try:
        with transaction.atomic():
            PostMark.objects.create(post=post, user=user, kind=kind)
    except IntegrityError:
        return 0  # the other press was first
    return 1


@retry_atomic
def endorse(*, actor: User, post_id: int, endorsed: bool) -> Post:
    """A lecturer stands up for an answer, or no longer. Raises NotAllowed."""
    thread = counters.lock(Post.objects.values_list("thread_id", flat=True).get(pk=post_id))
    post = Post.objects.get(pk=post_id)
    post.thread = thread
    if not rules.can_endorse(actor, thread) or not post.depth:
        raise NotAllowed
    changes = {"endorsed_at": timezone.now(), "endorsed_by": actor}
    if not endorsed:
        changes = {"endorsed_at": None, "endorsed_by": None}  # type: ignore[dict-item]
    Post.objects.filter(pk=post.pk).update(**changes)
    counters.touch(thread)
    versions.bump(QUESTIONS)
    return post


@retry_atomic
def report(*, reporter: User, post: Post, reason: ReportReason, note: str) -> Report:
    """Tell the office of a post; once per person, a second time changes the reason."""
    if not rules.can_mark(reporter, post.thread):
        raise NotAllowed
    row, _created = Report.objects.update_or_create(
        post=post,
        reporter=reporter,
        defaults={"reason": reason, "note": note, "handled_at": None, "handled_by": None},
    )
    return row


@retry_atomic
def handle_reports(*, actor: User, post: Post, at: datetime) -> int:
    """Say that the open reports of ``post`` are dealt with, as of ``at``. Raises NotAllowed."""
    if not rules.can_moderate(actor):
        raise NotAllowed
    handled: int = Report.objects.filter(post=post, handled_at=None).update(
        handled_at=at, handled_by=actor
    )
    if handled:
        audit.record(
            "forum.reports_handled",
            actor_id=actor.pk,
            subject=f"post:{post.pk}",
            details={"reports": handled},
        )
    return handled


@retry_atomic
def reopen_reports(*, actor: User, post: Post, at: datetime) -> int:
    """Open again what ``actor`` said to be dealt with at ``at``. Raises NotAllowed."""
    if not rules.can_moderate(actor):
        raise NotAllowed
    found = Report.objects.filter(post=post, handled_at=at, handled_by=actor)
    opened: int = found.update(handled_at=None, handled_by=None)
    if opened:
        audit.record(
            "forum.reports_reopened",
            actor_id=actor.pk,
            subject=f"post:{post.pk}",
            details={"reports": opened},
        )
    return opened


def bits(numbers: Iterable[int]) -> int:
    """A bit for each number, as one integer."""
    return sum(1 << number for number in set(numbers))


def note_seen(*, user: User, thread: Thread, seen: bytes | None, numbers: Iterable[int]) -> None:
    """Remember that a page with ``numbers`` was shown. One write, and only for something new.

    The card of the reader's home page that tells what they have not read is made anew after it.
    ``seen`` is what the reader's row held (None: there is no row).
    """
    now = int.from_bytes(seen or b"", "little")
    after = now | bits(numbers)
    raw = after.to_bytes((after.bit_length() + 7) // 8, "little")
    changes: dict[str, Any] = {
        "seen": raw,
        "seen_number": thread.last_number,
        "seen_at": timezone.now(),
    }
    if seen is not None or not _first_look(user, thread, changes):
        ThreadReader.objects.filter(thread_id=thread.pk, user_id=user.pk).update(**changes)
    note_after_commit(user.pk, thread.pk, thread.last_number)
    home.forget([user.pk], "unread")


def _first_look(user: User, thread: Thread, changes: dict[str, Any]) -> bool:
    """Make the reader's row; False when another page of theirs was first."""
    try:
        with transaction.atomic():
            ThreadReader.objects.create(thread_id=thread.pk, user_id=user.pk, **changes)
    except IntegrityError:
        return False
    return True


@retry_atomic
def follow_thread(*, user: User, thread: Thread, follow: Follow) -> None:
    row, created = ThreadReader.objects.get_or_create(
        thread=thread, user=user, defaults={"follow": follow}
    )
    if not created:
        ThreadReader.objects.filter(pk=row.pk).update(follow=follow, version=F("version") + 1)


@retry_atomic
def follow_category(*, user: User, category: ForumCategory, on: bool) -> None:
    if on:
        CategoryFollow.objects.get_or_create(category=category, user=user)
    else:
        CategoryFollow.objects.filter(category=category, user=user).delete()


@retry_atomic
def unmask(*, actor: User, post: Post, reason: str) -> User:
    """Who wrote ``post`` under a pseudonym; the reason goes into the audit trail first.

    The trail doesn't repeat who it was: the next one to look there needs a reason too.

    Raises NotAllowed.
    """
    if not rules.can_unmask(actor) or not reason.strip():
        raise NotAllowed
    audit.record(
        "forum.unmasked",
        actor_id=actor.pk,
        subject=f"post:{post.pk}",
        details={"reason": reason.strip()},
    )
    return post.author
