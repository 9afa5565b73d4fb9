"""What reports say of the forum: numbers only, so private and anonymous posts stay so."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from forum.choices import PostState
from forum.models import ForumCategory

MOST_BARS = 12


def participation(term: str) -> "QuerySet[Any, Any]":
    """The forums of courses with their threads, posts, writers and the time of the last post.

    Removed posts don't count, nor threads whose opening text is gone.
    """
    rows: QuerySet[Any, Any] = ForumCategory.objects.filter(offering__isnull=False)
    if term:
        rows = rows.filter(offering__term=int(term))
    shown = Q(threads__posts__state=PostState.VISIBLE)
    counted: QuerySet[Any, Any] = rows.select_related("offering__course").annotate(
        threads_n=Count("threads", filter=shown & Q(threads__posts__number=0), distinct=True),
        posts_n=Count("threads__posts", filter=shown),
        writers_n=Count("threads__posts__author", filter=shown, distinct=True),
        last_at=Max("threads__posts__created_at", filter=shown),
    )
    return counted


def liveliest(term: str) -> list[tuple[str, int]]:
    """Code and number of posts of the courses with most: 1 query."""
    rows = participation(term).filter(posts_n__gt=0)
    rows = rows.order_by("-posts_n", "offering__course__code", "pk")[:MOST_BARS]
    return [(row.offering.course.code, row.posts_n) for row in rows]
