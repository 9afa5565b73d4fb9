"""Who is asking: one exchange with the cache, or the database when the cache can't say."""

import hmac
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from redis import Redis

from accounts.session import presence, snapshot
from accounts.session.cookie import Cookie
from accounts.session.snapshot import TOMBSTONE, Snapshot
from isme.lib import fence, leases
from isme.lib.redis import RedisAway, evictable


@dataclass
class Reading:
    """What was found. ``hot`` holds the view's keys; ``cached`` says whether the cache answered.

    ``displaced_by``: what is known now of the person whose device was displaced; ``ended``: of
    the one whose session staff ended, until they sign in again.
    """

    snapshot: Snapshot | None = None
    displaced_by: Snapshot | None = None
    ended: Snapshot | None = None
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
    noted = cookie if active else None
    if keys and not fence.stands():
        try:
            values: Any = evictable.ask(lambda client: _exchange(client, noted, keys))
        except RedisAway:
            values = None
        # Raised while we asked: what answered may be a server that doesn't know the newest yet.
        if values is not None and not fence.stands():
            reading.cached = True
            raw = values.pop(0) if cookie else None
            reading.hot = dict(zip(hot_keys, values, strict=True))
    if cookie:
        known = _known(cookie, raw, cached=reading.cached, active=active)
        _judge(cookie, known, reading)
    return reading


def hot(keys: Sequence[str]) -> dict[str, bytes | None]:
    """More keys, by an exchange of their own; none while the cache is away or fenced off."""
    if not keys or fence.stands():
        return {}
    try:
        values: Any = evictable.ask(lambda client: client.mget(keys))
    except RedisAway:
        return {}
    return dict(zip(keys, values, strict=True))


def _exchange(client: Redis, cookie: Cookie | None, keys: list[str]) -> list[bytes | None]:
    """The keys; once a minute with the note that this person is on, in the same exchange."""
    if cookie is None or not presence.memory.is_due(cookie.user_id, cookie.hash):
        plain: Any = client.mget(keys)
        return list(plain)
    pipeline = client.pipeline(transaction=False)
    pipeline.mget(keys)
    presence.note(pipeline, cookie.user_id)
    values: list[bytes | None] = pipeline.execute()[0]
    presence.memory.noted(cookie.user_id, cookie.hash)
    return values


def _known(cookie: Cookie, raw: bytes | None, *, cached: bool, active: bool) -> Snapshot:
    if not cached or raw == TOMBSTONE:
        return snapshot.from_database(cookie.user_id, active=active)
    known = Snapshot.from_bytes(raw) if raw else None
    if known is None or (active and known.is_seen_late):
        return _fill(cookie, active=active)
    return known


def _fill(cookie: Cookie, *, active: bool) -> Snapshot:
    """Read the database and keep the result, unless somebody changes it meanwhile."""
    token = leases.take(snapshot.lease_key(cookie.user_id))
    found = snapshot.from_database(cookie.user_id, active=active)
    if token:
        store(found, token, is_on=active and _fits(cookie, found))
    return found


def store(found: Snapshot, token: str, *, is_on: bool = False) -> None:
    """Keep ``found`` if the lease ``token`` still stands. Silent when the cache is away.

    One exchange, with the note that the person is on now.
    """
    seconds = random.randint(*settings.SNAPSHOT_SECONDS)  # noqa: S311 (jitter)
    keys = [snapshot.key(found.user_id), snapshot.lease_key(found.user_id)]

    def work(client: Redis) -> object:
        pipeline = client.pipeline(transaction=False)
        pipeline.eval(leases.STORE, len(keys), *keys, token, found.to_bytes(), seconds)
        if is_on:
            presence.note(pipeline, found.user_id)
        return pipeline.execute()

    try:
        evictable.ask(work)
    except RedisAway:
        return


def _fits(cookie: Cookie, known: Snapshot) -> bool:
    return bool(known.hash) and hmac.compare_digest(known.hash, cookie.hash)


def _judge(cookie: Cookie, known: Snapshot, reading: Reading) -> None:
    given = cookie.hash
    if _fits(cookie, known):
        if known.expires_at > time.time():
            reading.snapshot = known
            presence.memory.judged(cookie.user_id, given)
    elif known.previous_hash and hmac.compare_digest(known.previous_hash, given):
        if known.hash:
            reading.displaced_by = known
        else:
            reading.ended = known
