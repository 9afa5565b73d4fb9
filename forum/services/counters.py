"""The one place that locks a thread and changes what is counted about it."""

from django.db.models import F
from django.utils import timezone

from forum.choices import PostState
from forum.models import Post, Thread
from forum.models.fields import SEGMENT_BYTES


def lock(thread_id: int) -> Thread:
    """The thread's row, locked until the transaction ends; its category comes by a second query.

    Locked without a join: MariaDB would lock the category's row too, and queue all threads of
    one category behind each other. Raises Thread.DoesNotExist.
    """
    return Thread.objects.select_for_update().get(pk=thread_id)


def touch(thread: Thread, **changes: object) -> None:
    """Write ``changes`` and a new version. The caller holds the lock."""
    Thread.objects.filter(pk=thread.pk).update(version=F("version") + 1, **changes)


def touch_unlocked(thread_id: int) -> None:
    """A new version for a change that counts nothing of the thread's (likes, edits)."""
    Thread.objects.filter(pk=thread_id).update(version=F("version") + 1)


def is_shown(post: Post) -> bool:
    return post.state == PostState.VISIBLE or post.child_count > 0


def place_parent(post: Post) -> Post | None:
    """The post under which ``post`` hangs in the tree: not always the one that it answers."""
    if post.depth <= 1:
        return None
    return Post.objects.get(thread_id=post.thread_id, path=post.path[:-SEGMENT_BYTES])


def became_hidden(post: Post) -> None:
    """Take a post that is no longer shown off its ancestors' counts, as far as it changes them.

    Under the thread's lock. A removed ancestor whose last answer this was goes too. At most
    two queries a level.
    """
    while (parent := place_parent(post)) is not None:
        Post.objects.filter(pk=parent.pk).update(child_count=F("child_count") - 1)
        parent.child_count -= 1
        if is_shown(parent):
            return
        post = parent


def became_shown(post: Post, above: Post | None = None) -> None:
    """The reverse: the place's ancestors count it again.

    ``above`` is a post that was read under the lock, and perhaps the one where ``post`` hangs.
    """
    if above is not None and bytes(above.path) == post.path[:-SEGMENT_BYTES] and is_shown(above):
        Post.objects.filter(pk=above.pk).update(child_count=F("child_count") + 1)
        return
    while (parent := place_parent(post)) is not None:
        was_shown = is_shown(parent)
        Post.objects.filter(pk=parent.pk).update(child_count=F("child_count") + 1)
        if was_shown:
            return
        post = parent


def now_and_next(thread: Thread) -> dict[str, object]:
    """What a new reply changes in its thread."""
    return {
        "last_number": thread.last_number + 1,
        "newest_number": thread.last_number + 1,
        "reply_count": F("reply_count") + 1,
        "last_post_at": timezone.now(),
    }


def newest(thread: Thread) -> dict[str, object]:
    """What a thread's youngest visible post says of it, under its lock. One query."""
    visible = Post.objects.filter(thread=thread, state=PostState.VISIBLE).order_by("-number")
    number, at = visible.values_list("number", "created_at").first() or (0, thread.created_at)
    return {"newest_number": number, "last_post_at": at}
