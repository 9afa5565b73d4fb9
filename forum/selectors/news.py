"""What somebody has not read in their courses: one list for all who read the same boards.

The list is made once for people of the same places; how far each of them has read comes with
the page's exchange (forum.selectors.seen). So what a reply or a look changes costs home pages no
query of their own.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Q

from academics.selectors import places
from academics.selectors.places import Places
from accounts.models import User
from forum.choices import FORUM, PostState
from forum.models import Post, Thread, ThreadAccess
from forum.querysets import unread_since
from forum.selectors.seen import seen_of
from isme.lib import home, versions
from isme.lib.prepared import Prepared

Ids = tuple[int, ...]
MOST_LINES = 5
KEPT_LISTS = 128  # in each process; of people with the same places
FRESH_SECONDS = 60  # how late a reply may be in the list


class Talk(NamedTuple):
    """A thread as all see it; ``readers`` are those of a private one, None for everybody."""

    pk: int
    title: str
    board: str
    last_post_at: datetime
    newest_number: int
    readers: frozenset[int] | None


class News(NamedTuple):
    """A thread with something that somebody has not seen; None: they never opened it."""

    talk: Talk
    seen_number: int | None


class Found(NamedTuple):
    """The first few of the unread, and how many there are in all."""

    threads: list[News]
    total: int


@dataclass(frozen=True)
class _Boards:
    """Whose list it is: what decides which threads are in it."""

    role: str
    mine: Places
    since: datetime


def unread_threads(user: User) -> Found:
    """Threads of one's courses with something that ``user`` has not seen; the youngest first.

    On a home page no query while others with the same places have just asked, else 2 (3 with
    private threads); and one for the places of ``user`` where the request doesn't know them.
    """
    mine = Places(places.of(user).rows)
    seen = seen_of(user, mine.now)
    news = [
        News(talk, seen.get(talk.pk))
        for talk in _talks(user, _Boards(user.role, mine, unread_since()))
        if (talk.readers is None or user.pk in talk.readers)
        and seen.get(talk.pk, -1) < talk.newest_number
    ]
    return Found(news[:MOST_LINES], len(news))


def _talks(user: User, boards: _Boards) -> tuple[Talk, ...]:
    hot = home.read_of(user)
    word = hot.get(versions.key(FORUM)) if hot else None
    if not word or settings.DEBUG:
        return _listed(boards)
    return _kept(boards, word, int(time.monotonic() // FRESH_SECONDS))


@lru_cache(maxsize=KEPT_LISTS)
def _kept(boards: _Boards, _word: bytes, _minute: int) -> tuple[Talk, ...]:
    return _listed(boards)


def _listed(boards: _Boards) -> tuple[Talk, ...]:
    """The threads of these boards that are young enough to be news, the youngest first.

    One query; one more where some are private.
    """
    mine, now = boards.mine, boards.mine.now
    rows = _rows(
        boards.role,
        boards.since,
        offerings=mine.offerings,
        classes=mine.classes,
        now=now.offerings,
        classes_now=now.classes,
    )
    private = {row.pk for row in rows if row.is_private}
    readers = {row.pk: {row.author_id} for row in rows if row.is_private}
    access = ThreadAccess.objects.filter(thread_id__in=private).order_by()
    for thread, person in access.values_list("thread_id", "user_id"):
        readers[thread].add(person)
    return tuple(
        Talk(
            pk=row.pk,
            title=row.title,
            board=row.category__name,
            last_post_at=row.last_post_at,
            newest_number=row.newest_number,
            readers=frozenset(readers[row.pk]) if row.is_private else None,
        )
        for row in rows
    )


@Prepared
def _rows(  # noqa: PLR0913 (all that the rule depends on)
    role: str, since: datetime, *, offerings: Ids, classes: Ids, now: Ids, classes_now: Ids
) -> Any:
    user = places.somebody(role, Places.at(offerings, classes))
    here = Q(category__offering__in=now) | Q(category__course_class__in=classes_now)
    rows = Thread.objects.on_boards_of(user).filter(here, last_post_at__gte=since)
    rows = rows.select_related(None).order_by("-last_post_at", "pk")
    return rows.values_list(
        "pk",
        "title",
        "category__name",
        "author_id",
        "is_private",
        "last_post_at",
        "newest_number",
        named=True,
    )


def news_of(news: Collection[News], user: User) -> dict[int, int]:
    """How many posts of others are new in each thread that ``user`` has opened before: 1 query.

    What is gone is no news. No query where none was opened.
    """
    opened = [one for one in news if one.seen_number is not None]
    if not opened:
        return {}
    since = Q(pk__in=[])
    for one in opened:
        since |= Q(thread_id=one.talk.pk, number__gt=one.seen_number)
    rows = Post.objects.filter(since, state=PostState.VISIBLE).exclude(author_id=user.pk)
    counted = rows.order_by().values_list("thread_id").annotate(news=Count("pk"))
    return dict(counted)
