"""What reports say of the forum: numbers only, so private and anonymous posts stay so."""

import datetime as dt
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone

from forum.choices import PostState
from forum.models import ForumCategory, Post
from isme.lib.caching import cached

MOST_BARS = 12
DAYS = 30
SOFT_SECONDS, HARD_SECONDS = 300, 3600


def participation(term: str) -> "QuerySet[Any, Any]":
    """The forums of courses with their threads, posts, writers and the time of the last post.

    Removed posts don't count, nor threads whose opening text is gone, nor writers that are not
    named.
    """
    rows: QuerySet[Any, Any] = ForumCategory.objects.filter(offering__isnull=False)
    if term:
        rows = rows.filter(offering__term=int(term))
    shown = Q(threads__posts__state=PostState.VISIBLE)
    named = Q(threads__posts__pseudonym=None)
    counted: QuerySet[Any, Any] = rows.select_related("offering__course").annotate(
        threads_n=Count("threads", filter=shown & Q(threads__posts__number=0), distinct=True),
        posts_n=Count("threads__posts", filter=shown),
        # One writer more, or none, would say whether who wrote anonymously had written before.
        writers_n=Count("threads__posts__author", filter=shown & named, distinct=True),
        last_at=Max("threads__posts__created_at", filter=shown),
    )
    return counted


def liveliest(term: str) -> list[tuple[str, int]]:
    """Code and number of posts of the courses with most: 1 query."""
    rows = participation(term).filter(posts_n__gt=0)
    rows = rows.order_by("-posts_n", "offering__course__code", "pk")[:MOST_BARS]
    return [(row.offering.course.code, row.posts_n) for row in rows]


def kept_as() -> str:
    """Where today's number of posts per day is kept."""
    return f"forum.posts_per_day:{timezone.localdate().isoformat()}"


def posts_per_day() -> list[list[Any]]:
    """For each of the last 30 days its date (ISO) and how many posts it brought, today last.

    Kept up to 5 minutes; 1 query over the index of times when it is counted.
    """
    today = timezone.localdate()
    found: list[list[Any]] = cached(
        kept_as(),
        soft=SOFT_SECONDS,
        hard=HARD_SECONDS,
        compute=lambda: _posts_per_day(today),
    )
    return found


def _posts_per_day(today: dt.date) -> list[list[Any]]:
    first = today - dt.timedelta(days=DAYS - 1)
    begin = dt.datetime.combine(first, dt.time(), timezone.get_current_timezone())
    rows = (
        Post.objects.filter(created_at__gte=begin, state=PostState.VISIBLE)
        .annotate(hour=TruncHour("created_at", tzinfo=dt.UTC))
        .values("hour")
        .annotate(n=Count("pk"))
        .order_by()
    )
    days = {first + dt.timedelta(days=day): 0 for day in range(DAYS)}
    for row in rows:
        day = timezone.localtime(row["hour"]).date()
        if day in days:
            days[day] += row["n"]
    return [[day.isoformat(), posts] for day, posts in days.items()]
