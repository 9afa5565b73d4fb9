"""Versions of things that many pages show: a page is right while they stand still.

A version is a random word, never a counter: one that was evicted and starts again can't
repeat an old value.
"""

import secrets

from django.db import transaction

from isme.lib.redis import RedisAway, evictable

VERSION_SECONDS = 24 * 60 * 60


def key(name: str) -> str:
    return f"v:{name}"


def fresh() -> str:
    return secrets.token_hex(6)


def establish(name: str) -> str:
    """Give an unknown version a value and return it ("" while the cache is away)."""
    word = fresh()
    try:
        evictable.ask(lambda client: client.set(key(name), word, nx=True, ex=VERSION_SECONDS))
    except RedisAway:
        return ""
    return word


def bump(name: str) -> None:
    """After commit, make every page that was built from ``name`` be built anew.

    Before the commit would be too early: a reader could refill the old state under the new
    version. With the cache away, pages are at most 60 s old.
    """

    def change() -> None:
        try:
            evictable.ask(lambda client: client.set(key(name), fresh(), ex=VERSION_SECONDS))
        except RedisAway:
            return

    transaction.on_commit(change, robust=True)
