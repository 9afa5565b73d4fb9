"""Search over everything: each app offers what it can find, for the roles that may see it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

FEWEST_CHARACTERS, MOST_CHARACTERS = 2, 100


@dataclass(frozen=True)
class Hit:
    """One thing that was found, and where it is."""

    title: str
    address: str
    detail: str = ""


@dataclass(frozen=True)
class Source:
    """A kind of thing that can be found.

    ``find`` gets the person who asks, the text (trimmed, 2-100 characters) and how many hits at
    most; it gives only what that person may see. ``more`` is the list page that takes ``q``.
    """

    name: str
    label: str | Promise
    icon: str
    find: Callable[[Any, str, int], list[Hit]]
    order: int
    roles: frozenset[str] = frozenset()
    more: str = ""


@dataclass(frozen=True)
class Group:
    """The hits of one source; ``more`` leads to the whole list, or is ""."""

    source: Source
    hits: list[Hit]
    more: str


_sources: dict[str, Source] = {}


def add(source: Source) -> None:
    """Offer ``source``; the same name again replaces it."""
    _sources[source.name] = source
    sources_for.cache_clear()


@cache
def sources_for(role: str) -> tuple[Source, ...]:
    """What ``role`` can search, in order. No queries."""
    allowed = (source for source in _sources.values() if not source.roles or role in source.roles)
    return tuple(sorted(allowed, key=lambda source: (source.order, source.name)))


def named(role: str) -> str:
    """What ``role`` can search, in the language that is active: "courses, rooms"."""
    return ", ".join(str(source.label).lower() for source in sources_for(role))


def find(user: Any, text: str, *, limit: int) -> list[Group]:
    """The hits of every source that has any, ``limit`` each. Costs what the sources cost.

    A text shorter than two characters finds nothing: it would find everything.
    """
    text = clean(text)
    if len(text) < FEWEST_CHARACTERS:
        return []
    groups = []
    for source in sources_for(user.role):
        hits = source.find(user, text, limit + 1)
        if hits:
            more = f"{source.more}?{urlencode({'q': text})}" if source.more else ""
            groups.append(Group(source, hits[:limit], more if len(hits) > limit else ""))
    return groups


def clean(text: str) -> str:
    """``text`` without control characters and doubled spaces, at most 100 characters."""
    printable = "".join(
        sign if sign.isprintable() else " " for sign in text[: MOST_CHARACTERS * 2]
    )
    return " ".join(printable.split())[:MOST_CHARACTERS]
