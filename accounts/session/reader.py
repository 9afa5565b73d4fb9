"""Who is asking: one exchange with the cache, or the database when the cache can't say."""

import hmac
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from accounts.session import snapshot
from accounts.session.cookie import Cookie
from accounts.session.snapshot import TOMBSTONE, Snapshot
from isme.lib import fence, leases
from isme.lib.redis import RedisAway, evictable


@dataclass
class Reading:
    """What was found. ``hot`` holds the view's keys; ``cached`` says whether the cache answered."""

    snapshot: Snapshot | None = None
    displaced_by: Snapshot | None = None
    hot: dict[str, bytes | None] = field(default_factory=dict)
    cached: bool = False


def read(cookie: Cookie | None, hot_keys: Sequence[str], *, active: bool = True) -> Reading:
    """Judge ``cookie`` and fetch ``hot_keys`` in the same exchange.

    ``active``: the person did this; what a page asks by itself doesn't keep a session alive.

    Warm: no query, one exchange. A missing snapshot costs one query and two exchanges more;
    a cache that is away or fenced off costs one query.
    """
    reading = Reading()
    keys = [snapshot.key(cookie.user_id)] if cookie else []
    keys += hot_keys
    raw: bytes | None = None
    if keys and not fence.stands():
        try:
            values: Any = evictable.ask(lambda client: client.mget(keys))
        except RedisAway:
            values = None
        if values is not None:
            reading.cached = True
            raw = values.pop(0) if cookie else None
            reading.hot = dict(zip(hot_keys, values, strict=True))
    if cookie:
        known = _known(cookie.user_id, raw, cached=reading.cached, active=active)
        _judge(cookie, known, reading)
    return reading


def _known(user_id: int, raw: bytes | None, *, cached: bool, active: bool) -> Snapshot:
    if not cached or raw == TOMBSTONE:
        return snapshot.from_database(user_id, active=active)
    known = Snapshot.from_bytes(raw) if raw else None
    if known is None or (active and known.is_seen_late):
        return _fill(user_id, active=active)
    return known


def _fill(user_id: int, *, active: bool) -> Snapshot:
    """Read the database and keep the result, unless somebody changes it meanwhile."""
    token = leases.take(snapshot.lease_key(user_id))
    found = snapshot.from_database(user_id, active=active)
    store(found, token)
    return found


def store(found: Snapshot, token: str) -> None:
    """Keep ``found`` if the lease ``token`` still stands: a change of rights takes it away."""
    seconds = random.randint(*settings.SNAPSHOT_SECONDS)  # noqa: S311 (jitter)
    key, lease_key = snapshot.key(found.user_id), snapshot.lease_key(found.user_id)
    leases.store(key, lease_key, token, found.to_bytes(), seconds=seconds)


def _judge(cookie: Cookie, known: Snapshot, reading: Reading) -> None:
    given = cookie.hash
    if known.hash and hmac.compare_digest(known.hash, given):
        if known.expires_at > time.time():
            reading.snapshot = known
    elif known.previous_hash and hmac.compare_digest(known.previous_hash, given):
        reading.displaced_by = known
