"""What home pages are made of: each app offers blocks in ``AppConfig.ready``, for its roles.

A block is a card: a template and the facts that it shows. The dashboard asks for the blocks of
a role, lays them out by place and order, and keeps the whole page; a block therefore names the
versions (isme.lib.versions) of what it shows, and whoever changes something that only one
person sees calls ``forget`` for that person.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

from isme.lib import page

TOP, MAIN, SIDE = "top", "main", "side"  # over both columns, what to do, what to know
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """One card of a home page.

    ``facts`` gets the person and gives what the template shows, or None where there is nothing
    to show. It may cost queries: it runs when the page is built, not when it is shown. A lower
    ``order`` stands higher; below 100 is what has to be done now. No ``roles``: everybody.
    """

    name: str
    template: str
    facts: Callable[[Any], Facts | None]
    order: int
    place: str = MAIN
    roles: frozenset[str] = frozenset()
    versions: tuple[str, ...] = ()


_blocks: dict[str, Block] = {}


def add(block: Block) -> None:
    """Offer ``block``; the same name again replaces it."""
    _blocks[block.name] = block
    blocks_for.cache_clear()
    versions_of_all.cache_clear()


@cache
def blocks_for(role: str) -> tuple[Block, ...]:
    """The blocks of ``role`` in their order. No queries."""
    allowed = (block for block in _blocks.values() if not block.roles or role in block.roles)
    return tuple(sorted(allowed, key=lambda block: (block.order, block.name)))


@cache
def versions_of_all() -> tuple[str, ...]:
    """The names of the versions of all blocks, known before anybody's role is."""
    return tuple(sorted({name for block in _blocks.values() for name in block.versions}))


def forget(user_ids: Iterable[int]) -> None:
    """After commit, drop the kept home pages of these people: something of theirs changed."""
    keys = [
        page.home_key(user_id, language)
        for user_id in user_ids
        for language, _name in settings.LANGUAGES
    ]
    transaction.on_commit(lambda: page.forget(*keys), robust=True)
