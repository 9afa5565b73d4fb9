"""What home pages are made of: each app offers blocks in ``AppConfig.ready``, for its roles.

A block is a card: a template and the facts that it shows. The dashboard asks for the blocks of
a role, lays them out by place and order, and keeps the whole page; a block therefore names the
versions (isme.lib.versions) of what it shows, and whoever changes something that only one
person sees calls ``forget`` for that person.

When the page has to be made anew, cards that are still right are taken over from the old one.
"""

import datetime as dt
import math
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from isme.lib import page
from isme.lib.kept import (
    EVERYTHING,
    FRESH_SECONDS,
    Card,
    KeptPage,
    marked,
    note_wrong_after_commit,
    wrong_cards,
)

TOP, MAIN, SIDE = "top", "main", "side"  # over both columns, what to do, what to know
Facts = Mapping[str, Any]
Hot = MutableMapping[str, bytes | None]
SHARED_MOST = 512  # cards of some kilobytes each, in every process
LASTING = 300  # how long a change stays unseen that the cache, being away, could not note


def _whole(scope: Any) -> Any:
    return scope


@dataclass(frozen=True)
class Block:
    """One card of a home page.

    ``facts`` gets the person and gives what the template shows, or None where there is nothing
    to show. It may cost queries: it runs when the page is built, not when it is shown. A lower
    ``order`` stands higher; below 100 is what has to be done now. No ``roles``: everybody.
    ``lasts`` is the age (seconds) up to which the card is right while neither its versions nor
    the person's note (isme.lib.kept) say otherwise: LASTING where they tell of every change.

    ``keys`` names what ``facts`` reads of the cache (``read_of``): it comes in the page's exchange.

    Many may see the same card: with ``scope``, ``facts`` gets ``part`` of what ``scope`` said of
    the person, never the person, and people of one part share the rendered card in each process:
    for half of what it lasts, so that a page which takes it is good for the other half at least.
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
    lasts: int = FRESH_SECONDS
    keys: Callable[[int], Sequence[str]] | None = None


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


def keys_of_all(user_id: int) -> list[str]:
    """The keys of the cache that the blocks read of ``user_id``, besides versions. No queries."""
    named = (block.keys(user_id) for block in _blocks.values() if block.keys)
    return [key for keys in named for key in keys]


def attach(person: Any, hot: Hot) -> None:
    """Tell the blocks of ``person`` what the page's exchange read: keys and versions."""
    person.__dict__["read_for_home"] = hot


def read_of(person: Any) -> Hot | None:
    """What is attached; None where nobody read anything (no page asks).

    A block that has to read what other parts of the page would read too says so in it.
    """
    found: Hot | None = person.__dict__.get("read_for_home")
    return found


@dataclass
class Cards:
    """The rendered blocks of a page by place, in order, and what to keep of each.

    ``until`` is when the first of them is too old (Unix seconds).
    """

    places: dict[str, list[SafeString]]
    made: dict[str, Card]
    until: float = math.inf


def cards(  # noqa: PLR0913 (who, what of, and what there is already)
    person: Any,
    role: str,
    context: Facts,
    words: Mapping[str, str],
    *,
    old: KeptPage | None = None,
    note: str = "",
) -> Cards:
    """The blocks of ``person``; those with nothing to show are left out.

    ``context`` is what every block of one's own may read beside its facts, ``words`` the versions
    (by name) and ``note`` what was noted for the person, both read before. Cards of ``old`` that
    are right are taken over. Costs what the others cost; their sum has a budget in tests.
    """
    found = Cards({TOP: [], MAIN: [], SIDE: []}, {})
    scopes: dict[Callable[[Any], Any], Any] = {}
    wrong = wrong_cards(old.note, note) if old else frozenset()
    for block in blocks_for(role):
        seen = tuple(words.get(name, "") for name in block.versions)
        known = old.cards.get(block.name) if old and not wrong & {block.name, EVERYTHING} else None
        if old and known and _is_right(known, seen, block.lasts):
            card = _Made(old.card(block.name), known.made_at)
        else:
            card = _made(block, person, context, seen, scopes)
        found.made[block.name] = Card(card.made_at, seen)
        found.until = min(found.until, card.made_at + block.lasts)
        if card.html:
            found.places[block.place].append(marked(block.name, card.html))
    return found


def _is_right(known: Card, seen: tuple[str, ...], lasts: int) -> bool:
    """Whether a card can still be shown: an empty version says that nobody could tell."""
    made = dt.datetime.fromtimestamp(known.made_at, tz=timezone.get_current_timezone())
    return (
        known.versions == seen
        and all(seen)
        and time.time() - known.made_at < lasts
        and made.date() == timezone.localdate()
    )


class _Made(NamedTuple):
    """A card as it is shown ("" for nothing), and when it was made (Unix seconds)."""

    html: str
    made_at: float


def _made(
    block: Block,
    person: Any,
    context: Facts,
    seen: tuple[str, ...],
    scopes: dict[Callable[[Any], Any], Any],
) -> _Made:
    if block.scope is None:
        now = time.time()
        return _Made(_rendered(block, block.facts(person), context), now)
    if block.scope not in scopes:
        scopes[block.scope] = block.scope(person)
    return _shared_card(block, block.part(scopes[block.scope]), seen)


def _rendered(block: Block, facts: Facts | None, context: Facts) -> str:
    if facts is None:
        return ""
    return render_to_string(block.template, {**context, **facts, **page.csrf_hole()})


def _shared_card(block: Block, part: Hashable, seen: tuple[str, ...]) -> _Made:
    """The card of all who have ``part``: half as old as it may become, at most."""
    turn = int(time.time() // (block.lasts / 2))
    card = _Card(block, part, translation.get_language(), timezone.localdate(), seen, turn)
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
    turn: int


def _card(card: _Card) -> _Made:
    now = time.time()
    return _Made(_rendered(card.block, card.block.facts(card.part), {}), now)


_kept_card = lru_cache(maxsize=SHARED_MOST)(_card)


def forget(user_ids: Iterable[int], card: str = EVERYTHING) -> None:
    """After commit, have this card (or all) of these people's home pages made anew."""
    note_wrong_after_commit(user_ids, card)
