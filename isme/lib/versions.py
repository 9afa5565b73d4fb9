"""Versions of things that many pages show: a page is right while they stand still.

A version is a random word, never a counter: one that was evicted and starts again can't
repeat an old value.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from redis import Redis

from isme.lib.redis import RedisAway, evictable

VERSION_SECONDS = 24 * 60 * 60


def key(name: str) -> str:
    return f"v:{name}"


def fresh() -> str:
    return secrets.token_hex(6)


def establish(name: str) -> str:
    """Give an unknown version a value; the word that stands then ("" while the cache is away).

    Of several who establish it at once one wins, and all get the winner's word. One exchange.
    """

    def work(client: Redis) -> object:
        pipeline = client.pipeline(transaction=False)
        pipeline.set(key(name), fresh(), nx=True, ex=VERSION_SECONDS)
        pipeline.get(key(name))
        return pipeline.execute()[1]

    try:
        word: Any = evictable.ask(work)
    except RedisAway:
        return ""
    return word.decode() if word else ""


def words(names: Iterable[str], hot: Mapping[str, bytes | None]) -> list[str]:
    """The versions ``names`` as a request read them; one that is unknown is established."""
    found = ((name, hot.get(key(name))) for name in names)
    return [word.decode() if word else establish(name) for name, word in found]


def bump(name: str) -> None:
    """After commit, make every page that was built from ``name`` be built anew.

    Before the commit would be too early: a reader could refill the old state under the new
    version. A change that the cache, being away, was not told of stays unseen for as long as a
    page or card may last by itself (isme.lib.home.LASTING).
    """

    def change() -> None:
        try:
            evictable.ask(lambda client: client.set(key(name), fresh(), ex=VERSION_SECONDS))
        except RedisAway:
            return

    transaction.on_commit(change, robust=True)
