"""What home pages are made of: each app offers blocks in ``AppConfig.ready``, for its roles.

A block is a card: a template and the facts that it shows. The dashboard asks for the blocks of
a role, lays them out by place and order, and keeps the whole page; a block therefore names the
versions (isme.lib.versions) of what it shows, and whoever changes something that only one
person sees calls ``forget`` for that person.
"""

import datetime as dt
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from isme.lib import page

TOP, MAIN, SIDE = "top", "main", "side"  # over both columns, what to do, what to know
Facts = Mapping[str, Any]
SHARED_MOST = 512  # cards of some kilobytes each, in every process


def _whole(scope: Any) -> Any:
    return scope


@dataclass(frozen=True)
class Block:
    """One card of a home page.

    ``facts`` gets the person and gives what the template shows, or None where there is nothing
    to show. It may cost queries: it runs when the page is built, not when it is shown. A lower
    ``order`` stands higher; below 100 is what has to be done now. No ``roles``: everybody.

    Many may see the same card: with ``scope``, ``facts`` gets ``part`` of what ``scope`` said of
    the person, never the person, and people of one part share the rendered card in each process.
    Blocks of one ``scope`` ask it once a page.
    """

    name: str
    template: str
    facts: Callable[[Any], Facts | None]
    order: int
    place: str = MAIN
    roles: frozenset[str] = frozenset()
    versions: tuple[str, ...] = ()
    scope: Callable[[Any], Any] | None = None
    part: Callable[[Any], Hashable] = _whole


_blocks: dict[str, Block] = {}


def add(block: Block) -> None:
    """Offer ``block``; the same name again replaces it."""
    _blocks[block.name] = block
    blocks_for.cache_clear()
    versions_of.cache_clear()
    versions_of_all.cache_clear()


@cache
def blocks_for(role: str) -> tuple[Block, ...]:
    """The blocks of ``role`` in their order. No queries."""
    allowed = (block for block in _blocks.values() if not block.roles or role in block.roles)
    return tuple(sorted(allowed, key=lambda block: (block.order, block.name)))


@cache
def versions_of(role: str) -> tuple[str, ...]:
    """The names of the versions that the page of ``role`` is built from. No queries."""
    return tuple(sorted({name for block in blocks_for(role) for name in block.versions}))


@cache
def versions_of_all() -> tuple[str, ...]:
    """The names of the versions of all blocks, known before anybody's role is."""
    return tuple(sorted({name for block in _blocks.values() for name in block.versions}))


def cards(
    person: Any, role: str, context: Facts, words: Mapping[str, str]
) -> dict[str, list[str]]:
    """The rendered blocks of ``person`` by place, in order; those with nothing to show left out.

    ``context`` is what every block of one's own may read beside its facts, ``words`` the versions
    (by name) that were read before. Costs what the blocks cost; their sum has a budget in tests.
    """
    places: dict[str, list[str]] = {TOP: [], MAIN: [], SIDE: []}
    scopes: dict[Callable[[Any], Any], Any] = {}
    for block in blocks_for(role):
        if block.scope is None:
            card = _rendered(block, block.facts(person), context)
        else:
            if block.scope not in scopes:
                scopes[block.scope] = block.scope(person)
            card = _shared_card(block, block.part(scopes[block.scope]), words)
        if card:
            places[block.place].append(card)
    return places


def _rendered(block: Block, facts: Facts | None, context: Facts) -> str:
    if facts is None:
        return ""
    return render_to_string(block.template, {**context, **facts, **page.csrf_hole()})


def _shared_card(block: Block, part: Hashable, words: Mapping[str, str]) -> str:
    """The card of all who have ``part``: a minute old at most, like the page that shows it."""
    seen = tuple(words.get(name, "") for name in block.versions)
    minute = int(time.monotonic() // page.FRESH_SECONDS)
    card = _Card(block, part, translation.get_language(), timezone.localdate(), seen, minute)
    # With the cache away nobody would say that something changed.
    return _kept_card(card) if all(seen) else _card(card)


@dataclass(frozen=True)
class _Card:
    """What tells one shared card from the next."""

    block: Block
    part: Hashable
    language: str | None
    today: dt.date
    versions: tuple[str, ...]
    minute: int


def _card(card: _Card) -> str:
    return _rendered(card.block, card.block.facts(card.part), {})


_kept_card = lru_cache(maxsize=SHARED_MOST)(_card)


def forget(user_ids: Iterable[int]) -> None:
    """After commit, drop the kept home pages of these people: something of theirs changed."""
    keys = [
        page.home_key(user_id, language)
        for user_id in user_ids
        for language, _name in settings.LANGUAGES
    ]
    transaction.on_commit(lambda: page.forget(*keys), robust=True)
