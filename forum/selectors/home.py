"""What home pages show of the forum: what one has not read, and what waits for an answer."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.utils import timezone

from academics.selectors import places
from accounts.choices import Role
from accounts.models import User
from forum.choices import PostState, ThreadState
from forum.models import Post, Thread
from forum.querysets import ThreadQuerySet, unread_since
from isme.lib.prepared import Prepared

Ids = tuple[int, ...]
MOST_LINES = 5


class Found(NamedTuple):
    """The first few threads, and how many there are in all."""

    threads: list[Thread]
    total: int


def _in_my_courses(user: User) -> ThreadQuerySet:
    """Threads of the boards of one's courses and classes of the running term.

    One query for the places of ``user``, where the request doesn't know them.
    """
    here = places.of(user).now
    return _of_places(user, here.offerings, here.classes)


def _of_places(user: User, offerings: Ids, classes: Ids) -> ThreadQuerySet:
    mine = Q(category__offering__in=offerings) | Q(category__course_class__in=classes)
    rows = Thread.objects.visible_to(user).filter(mine)
    return rows.select_related("category", "author")


def unread_threads(user: User) -> Found:
    """Threads of one's courses with something that ``user`` has not seen, with their marks.

    The youngest news first. One query, and one for the places of ``user`` where the request
    doesn't know them.
    """
    mine, now = places.of(user), places.of(user).now
    rows = _unread(
        user.role,
        unread_since(),
        reader=user.pk,
        offerings=mine.offerings,
        classes=mine.classes,
        now=now.offerings,
        classes_now=now.classes,
    )
    return _found(rows)


@Prepared
def _unread(  # noqa: PLR0913 (all that the rule depends on)
    role: str,
    since: datetime,
    *,
    reader: int,
    offerings: Ids,
    classes: Ids,
    now: Ids,
    classes_now: Ids,
) -> Any:
    user = places.somebody(role, places.Places.at(offerings, classes))
    user.pk = reader
    rows = _of_places(user, now, classes_now).with_marks(user, since).filter(Q(is_unread=True))
    return _first(rows, "-last_post_at")


def news_of(threads: Collection[Any], user: User) -> dict[int, int]:
    """How many posts of others are new in each thread that ``user`` has opened before: 1 query.

    ``threads`` have the marks of ``user``; what is gone is no news.
    """
    since = Q(pk__in=[])
    for thread in threads:
        if thread.seen_number is not None:
            since |= Q(thread_id=thread.pk, number__gt=thread.seen_number)
    rows = Post.objects.filter(since, state=PostState.VISIBLE).exclude(author_id=user.pk)
    counted = rows.order_by().values_list("thread_id").annotate(news=Count("pk"))
    return dict(counted)


def open_questions(user: User) -> "QuerySet[Thread]":
    """Questions in the courses that ``user`` teaches that nobody who teaches has answered.

    That is: no accepted answer, none that a lecturer stands up for, none by a lecturer. What a
    lecturer wrote under a pseudonym leaves it open, or the list would say who that was.
    """
    helped = Post.objects.filter(
        Q(author__role=Role.LECTURER, pseudonym=None) | Q(endorsed_at__isnull=False),
        thread=OuterRef("pk"),
        number__gt=0,
        state=PostState.VISIBLE,
    )
    rows = _in_my_courses(user).filter(is_question=True, accepted=None, state=ThreadState.OPEN)
    in_time = Q(closes_at=None) | Q(closes_at__gt=timezone.now())
    return rows.exclude(author_id=user.pk).filter(in_time, ~Exists(helped))


def first_of(rows: "QuerySet[Thread]", *order: str) -> Found:
    """The first of ``rows``, and how many there are: 1 query."""
    return _found(list(_first(rows, *order)))


def _first(rows: "QuerySet[Thread]", *order: str) -> Any:
    return rows.annotate(in_all=Window(Count("pk"))).order_by(*order, "pk")[:MOST_LINES]


def _found(rows: list[Any]) -> Found:
    return Found(rows, rows[0].in_all if rows else 0)
