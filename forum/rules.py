"""Who may do what in the forum (the table in decision 10). No queries: rows come with category.

Whether somebody may *see* a thread is ``visible_to`` of the querysets; everything here is asked
about what they see.
"""

from datetime import timedelta

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from forum.choices import Access, PostState, ThreadState
from forum.models import ForumCategory, Post, Thread
from forum.querysets import STAFF, UNDO, level_column

QUIET_EDIT = timedelta(minutes=2)


def level(user: User, category: ForumCategory) -> Access:
    column = level_column(user.role)
    if column is None:
        return Access.OPEN
    if not column or not category.is_active:
        return Access.NOTHING
    return Access(getattr(category, column))


def only_looks(user: User) -> bool:
    """Whether a super admin reads here as ``user``: whatever they sent would be refused."""
    return getattr(user, "acted_by", None) is not None


def can_moderate(user: User) -> bool:
    return user.role in STAFF


def can_open_thread(user: User, category: ForumCategory) -> bool:
    return level(user, category) >= Access.OPEN


def is_masked(user: User, thread: Thread) -> bool:
    """Whether they write here under a pseudonym only: the starter of an anonymous thread."""
    return thread.is_anonymous and thread.author_id == user.pk


def can_reply(user: User, thread: Thread) -> bool:
    return thread.takes_replies and level(user, thread.category) >= Access.REPLY


def can_mark(user: User, thread: Thread) -> bool:
    """Like, bookmark and report: whoever sees it, until it is archived."""
    return thread.state not in {ThreadState.ARCHIVED, ThreadState.DELETED}


def can_edit(user: User, post: Post) -> bool:
    if post.state != PostState.VISIBLE:
        return can_moderate(user) and post.state == PostState.HIDDEN
    if can_moderate(user):
        return True
    return post.author_id == user.pk and post.thread.takes_replies


def is_quiet_edit(user: User, post: Post) -> bool:
    """Whether an edit now leaves no mark: the author's own, in the first two minutes."""
    return post.author_id == user.pk and timezone.now() - post.created_at <= QUIET_EDIT


def can_delete(user: User, post: Post) -> bool:
    """A reply; the opening text goes with its thread."""
    mine = post.author_id == user.pk and post.thread.state != ThreadState.ARCHIVED
    return post.depth > 0 and post.state != PostState.DELETED and (mine or can_moderate(user))


def can_bring_back(user: User, post: Post) -> bool:
    """A reply that was hidden or deleted: the office always, its author what they just deleted."""
    if post.depth == 0 or can_moderate(user):
        return post.depth > 0
    if post.removed_at is None or post.thread.state == ThreadState.ARCHIVED:
        return False
    own = post.author_id == user.pk == post.removed_by_id and post.state == PostState.DELETED
    return own and timezone.now() - post.removed_at <= UNDO


def can_close(user: User, thread: Thread) -> bool:
    mine = thread.author_id == user.pk and thread.state != ThreadState.ARCHIVED
    return mine or can_moderate(user)


def can_delete_thread(user: User, thread: Thread) -> bool:
    mine = thread.author_id == user.pk and thread.reply_count == 0
    return mine or can_moderate(user)


def can_change_thread(user: User, thread: Thread) -> bool:
    """Title, tags, people of a private thread."""
    mine = thread.author_id == user.pk and thread.takes_replies
    return mine or can_moderate(user)


def can_accept(user: User, thread: Thread) -> bool:
    mine = thread.author_id == user.pk or can_moderate(user)
    return thread.is_question and mine and can_mark(user, thread)


def can_endorse(user: User, thread: Thread) -> bool:
    return (user.role == Role.LECTURER or can_moderate(user)) and can_mark(user, thread)


def can_unmask(user: User) -> bool:
    return user.role == Role.SUPER_ADMIN


def can_see_readers(user: User, thread: Thread) -> bool:
    """Of an anonymous thread only its starter: who read it first is who wrote it."""
    return thread.author_id == user.pk or (can_moderate(user) and not thread.is_anonymous)
