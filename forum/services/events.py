"""What happened in the forum, told to those whom it concerns: by a job, never in the request."""

from collections.abc import Sequence

from forum.models import Post, Thread


def replied(post: Post, mentioned: Sequence[int]) -> None:
    """Somebody replied."""


def opened(thread: Thread, post: Post, mentioned: Sequence[int]) -> None:
    """Somebody opened a thread."""
