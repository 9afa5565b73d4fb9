"""What home pages show lecturers of the forum: what waits for an answer."""

from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.utils import timezone

from academics.selectors import places
from accounts.choices import Role
from accounts.models import User
from forum.choices import PostState, ThreadState
from forum.models import Post, Thread
from forum.querysets import ThreadQuerySet

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
    mine = Q(category__offering__in=here.offerings) | Q(category__course_class__in=here.classes)
    rows = Thread.objects.visible_to(user).filter(mine)
    return rows.select_related("category", "author")


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
