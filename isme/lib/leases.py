"""Filling a key of the cache from the database so that a change meanwhile is never overwritten.

Whoever fills takes a short lease first; whoever changes what the key stands for deletes key and
lease after the commit. So a value that was read before the commit is not kept.

What a page keeps while it is made can go to the cache in one exchange (``together``).
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from redis import Redis

from isme.lib.redis import RedisAway, evictable

LEASE_SECONDS = 5
STORE = """
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return redis.call('DEL', KEYS[2])
end
return 0
"""


def take(lease_key: str) -> str:
    """Return the token of a new lease, or "" when somebody holds it or the cache is away."""
    token = secrets.token_hex(8)
    try:
        taken = evictable.ask(
            lambda client: client.set(lease_key, token, nx=True, ex=LEASE_SECONDS)
        )
    except RedisAway:
        return ""
    return token if taken else ""


def store(key: str, lease_key: str, token: str, value: bytes, *, seconds: int) -> None:
    """Keep ``value`` if the lease ``token`` still stands. Silent when the cache is away."""
    if not token:
        return

    keep(lambda client: client.eval(STORE, 2, key, lease_key, token, value, seconds))


Write = Callable[[Any], object]
_waiting: ContextVar[list[Write] | None] = ContextVar("kept_together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Send all that is kept within in one exchange at the end; nothing of it when this raises.

    Nobody finds it before: for what the same request does not read again.
    """
    writes: list[Write] = []
    before = _waiting.set(writes)
    try:
        yield
    finally:
        _waiting.reset(before)
    _send(writes)


def keep(write: Write) -> None:
    """Let the cache do ``write``, which gets a client and needs no answer: now, or with the others.

    Silent when the cache is away.
    """
    waiting = _waiting.get()
    if waiting is None:
        _send([write])
    else:
        waiting.append(write)


def _send(writes: Sequence[Write]) -> None:
    if not writes:
        return

    def work(client: Redis) -> object:
        pipeline = client.pipeline(transaction=False)
        for write in writes:
            write(pipeline)
        return pipeline.execute()

    try:
        evictable.ask(work)
    except RedisAway:
        return


def drop(keys: Sequence[str]) -> bool:
    """Delete ``keys`` (values and leases) in one exchange; return whether the cache took it."""
    if not keys:
        return True
    try:
        evictable.ask(lambda client: client.unlink(*keys))
    except RedisAway:
        return False
    return True
