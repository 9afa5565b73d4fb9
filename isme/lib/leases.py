"""Filling a key of the cache from the database so that a change meanwhile is never overwritten.

Whoever fills takes a short lease first; whoever changes what the key stands for deletes key and
lease after the commit. So a value that was read before the commit is not kept.
"""

import secrets
from collections.abc import Sequence

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

    def work(client: Redis) -> object:
        return client.eval(STORE, 2, key, lease_key, token, value, seconds)

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
