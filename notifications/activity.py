"""What people did, as streams: the only module that knows django-activity-stream.

A stream is for looking back and may lose an entry; the audit trail proves, notices tell
(isme/decisions/0009-notices.md). Recording never blocks or fails what it records.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from actstream.follows import delete_orphaned_follows
from actstream.models import Action
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, models, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.db.models.signals import pre_delete
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import User
from isme.lib import versions
from isme.lib.prepared import Prepared

logger = logging.getLogger(__name__)
VERSION = "activity"  # of everything that pages show of streams
KEPT = timedelta(days=365)
ROWS = 1000
MOST_ROUNDS = 50
MOST_VERB_CHARACTERS = 255
MOST_TITLE_CHARACTERS = 500
MOST_KEPT = 128  # lists that many share, in each process
FRESH_SECONDS = 60
SHARED = 2  # times as many rows as one asks for: one's own are left out of what all share


@dataclass(frozen=True)
class Line:
    """One entry of a stream, ready to show."""

    at: datetime
    who: str
    verb: str
    what: str


Found = dict[int, tuple[str, str]]
Find = Callable[[User, set[int]], Found]
Words = tuple[str, ...]


@dataclass(frozen=True)
class Verb:
    """A kind of act that pages show. ``text`` reads between a name and a title.

    ``find`` gives title and address of those objects that a person may see now: an entry stays
    when its object is closed to somebody or goes. Home pages leave out what is not ``on_home``:
    each kind of object costs them a query. ``for_all``: ``find`` looks at nothing of the person.
    """

    name: str
    text: str | Promise
    find: Find
    on_home: bool = True
    for_all: bool = False


@dataclass(frozen=True)
class Entry:
    """One act as a page shows it to one person."""

    at: datetime
    who: str
    text: str | Promise
    title: str
    address: str


ORDERS = {"newest": ("-timestamp", "-pk")}
_verbs: dict[str, Verb] = {}


def register(verb: Verb) -> None:
    """Let pages show ``verb``; the same name again replaces it."""
    _verbs[verb.name] = verb


def record(  # noqa: PLR0913 (who, what, where)
    *,
    by: int,
    verb: str,
    what: models.Model,
    course: models.Model | None = None,
    title: str = "",
    at_once: bool = True,
) -> None:
    """Note that ``by`` did ``verb`` to ``what`` (within ``course``); one statement and a savepoint.

    In the caller's transaction, and only with it. An error is logged and forgotten. Without
    ``at_once`` (what happens each second, as replies do) home pages show it up to a minute later.
    """
    try:
        with transaction.atomic():
            # Not by the library's signal, which asks for models to be registered: deleting a
            # registered object deletes its actions.
            Action.objects.create(
                actor_content_type=_type(User),
                actor_object_id=str(by),
                verb=verb[:MOST_VERB_CHARACTERS],
                action_object_content_type=_type(type(what)),
                action_object_object_id=str(what.pk),
                target_content_type=_type(type(course)) if course else None,
                target_object_id=str(course.pk) if course else None,
                description=title[:MOST_TITLE_CHARACTERS],
            )
        if at_once:
            versions.bump(VERSION)
    except (DatabaseError, ValueError, TypeError, AttributeError):
        logger.exception("the stream lost: %s %s", by, verb)


def prepare() -> None:
    """Take the library's hand off every deletion: it would look for followers of each row."""
    pre_delete.disconnect(delete_orphaned_follows)


def of_person(user_id: int, number: int = 20) -> list[Line]:
    """What one person did, newest first. One query."""
    return _lines(
        Action.objects.filter(actor_content_type=_type(User), actor_object_id=str(user_id)), number
    )


def of_course(course: models.Model, number: int = 20) -> list[Line]:
    """What happened in a course, newest first. One query."""
    return _lines(
        Action.objects.filter(
            target_content_type=_type(type(course)), target_object_id=str(course.pk)
        ),
        number,
    )


def of_courses(
    kind: type[models.Model], ids: list[int], *, but: int, number: int = 20
) -> list[Line]:
    """What others than ``but`` did in these courses, newest first. One query."""
    return _lines(_of_others(kind, [str(pk) for pk in ids], str(but)), number)


def by_person(user_id: int) -> "QuerySet[Any]":
    """What one person did of what pages show, for a list: to be ordered, cut and ``shown``."""
    rows = Action.objects.filter(
        actor_content_type=_type(User), actor_object_id=str(user_id), verb__in=list(_verbs)
    )
    return with_names(rows)


def in_course(course: models.Model) -> "QuerySet[Any]":
    """What happened in a course of what pages show, for a list."""
    rows = Action.objects.filter(
        target_content_type=_type(type(course)),
        target_object_id=str(course.pk),
        verb__in=list(_verbs),
    )
    return with_names(rows)


class _Asked(NamedTuple):
    """Which rows of the stream are asked for."""

    kind: type[models.Model]
    verbs: tuple[str, ...]
    ids: tuple[str, ...]
    most: int

    @property
    def shape(self) -> tuple[type[models.Model], tuple[str, ...], int]:
        return self.kind, self.verbs, self.most


def latest(  # noqa: PLR0913 (whose, where, and what is known)
    user: User,
    kind: type[models.Model],
    ids: Sequence[int],
    number: int = 6,
    *,
    for_home: bool = False,
    words: Words = (),
) -> list[Entry]:
    """What others did in these courses, as far as ``user`` may see it now, newest first.

    One query and those of ``shown``. With ``words``, the versions of what streams show, people
    of the same courses share what is the same for all of them for a minute.
    """
    wanted = tuple(verb.name for verb in _verbs.values() if verb.on_home or not for_home)
    asked = _Asked(kind, wanted, tuple(str(pk) for pk in ids), number * 3)
    return shown(user, _others(asked, str(user.pk), words), words)[:number]


def _others(asked: _Asked, me: str, words: Words) -> list[Any]:
    """As many rows of others as ``asked``, where there are so many."""
    if all(words) and words:
        everything = _kept_rows(asked._replace(most=asked.most * SHARED), words, _minute())
        rows = [row for row in everything if row.actor_object_id != me][: asked.most]
        if len(rows) == asked.most or len(everything) < asked.most * SHARED:
            return rows
    # Somebody may have done most of the latest by themselves.
    return list(_latest(*asked.shape, ids=asked.ids, but=me))


@lru_cache(maxsize=MOST_KEPT)
def _kept_rows(asked: _Asked, _words: Words, _minute: int) -> list[Any]:
    return _latest(*asked.shape, ids=asked.ids, but="")


@lru_cache(maxsize=MOST_KEPT)
def _kept_found(find: Find, ids: frozenset[int], _words: Words, _minute: int) -> Found:
    return find(User(), set(ids))


def _minute() -> int:
    return int(time.monotonic() // FRESH_SECONDS)


@Prepared
def _latest(
    kind: type[models.Model],
    verbs: tuple[str, ...],
    most: int,
    *,
    ids: tuple[str, ...],
    but: str,
) -> Any:
    others = _of_others(kind, ids, but).filter(verb__in=verbs)
    return with_names(others).order_by("-timestamp", "-pk")[:most]


def shown(user: User, rows: list[Any], words: Words = ()) -> list[Entry]:
    """What ``user`` may see now of ``rows`` (of ``with_names``): 1 query for each ``find``."""
    keys: dict[Verb, set[int]] = {}
    for row in rows:
        keys.setdefault(_verbs[row.verb], set()).add(int(row.action_object_object_id))
    found = _found_of(user, keys, words)
    entries = []
    for row in rows:
        verb = _verbs[row.verb]
        seen = found[verb.find].get(int(row.action_object_object_id))
        if seen is not None:
            entries.append(Entry(row.timestamp, row.actor_name or "?", verb.text, *seen))
    return entries


def _found_of(user: User, keys: Mapping[Verb, set[int]], words: Words) -> dict[Find, Found]:
    wanted: dict[Find, set[int]] = {}
    shared: set[Find] = set()
    for verb, pks in keys.items():
        wanted.setdefault(verb.find, set()).update(pks)
        if verb.for_all and words and all(words):
            shared.add(verb.find)
    return {
        find: _kept_found(find, frozenset(pks), words, _minute())
        if find in shared
        else find(user, pks)
        for find, pks in wanted.items()
    }


def _of_others(kind: type[models.Model], ids: Sequence[str], but: str) -> "QuerySet[Any]":
    rows = Action.objects.filter(target_content_type=_type(kind), target_object_id__in=ids)
    return rows.exclude(Q(actor_content_type=_type(User), actor_object_id=but))  # type: ignore[no-any-return]


def with_names(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Annotate ``actor_name``, looked up for each row that is sent."""
    actor = User.objects.filter(pk=Cast(OuterRef("actor_object_id"), models.BigIntegerField()))
    named: QuerySet[Any] = rows.annotate(actor_name=Subquery(actor.values("name")))
    return named


def _type(kind: type[models.Model]) -> ContentType:
    return ContentType.objects.get_for_model(kind)


def _lines(rows: "QuerySet[Any]", number: int) -> list[Line]:
    found = with_names(rows).order_by("-timestamp", "-pk")[:number]
    return [
        Line(
            at=row.timestamp,
            who=row.actor_name or "?",
            verb=row.verb,
            what=row.description or "",
        )
        for row in found
    ]


def prune() -> None:
    """Delete what is older than a year, in batches."""
    old = Action.objects.filter(timestamp__lt=timezone.now() - KEPT).order_by("pk")
    for _round in range(MOST_ROUNDS):
        keys = list(old.values_list("pk", flat=True)[:ROWS])
        if not keys:
            return
        Action.objects.filter(pk__in=keys).delete()
