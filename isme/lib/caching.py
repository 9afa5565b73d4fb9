"""Results that many people share and that cost something: counted once, not once a visitor (F10).

    facts = cached(
        "dashboard.office", versions=[PEOPLE], soft=60, hard=3600, compute=count_people
    )

* Younger than ``soft`` seconds: served as it is. Older: served too, while *one* process computes
  anew. Older than ``hard``: gone.
* ``versions`` names what it is built from (isme.lib.versions). Bumped on commit, the old result
  is never served again. Time alone is the fallback, not the rule.
* Nothing there: one computes, the others wait for its result, at most WAIT_SECONDS.
* Redis away: computed directly, each time. Never an error of the cache's own.

What ``compute`` returns must be plain JSON (a tuple comes back as a list, always), and the same
for everybody who shares the key: put role, scope and language into it, and never keep a
permission. Only selectors cache. A warm call costs one exchange and no query.
"""

import json
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from redis import Redis

from isme.lib import versions as versions_of
from isme.lib.redis import RedisAway, evictable

JITTER = 0.1  # of the soft limit: what was computed together must not expire together
LEASE_SECONDS = 30  # after which somebody else computes, as if the first had died
WAIT_SECONDS = 5.0
POLL_SECONDS = (0.01, 0.1)  # first pause of who waits; it doubles up to the second
# Keep the result only while the lease is ours, and give the lease back.
STORE = """
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return redis.call('DEL', KEYS[2])
end
return 0
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"


@dataclass(frozen=True)
class _Call:
    """One call of ``cached``, with the places where its result and its lease lie."""

    name: str
    versions: Sequence[str]
    soft: float
    hard: float
    compute: Callable[[], Any]

    @property
    def key(self) -> str:
        # Another release may compute it in another shape.
        return f"c:{settings.RELEASE}:{self.name}"

    @property
    def lease_key(self) -> str:
        return f"lc:{settings.RELEASE}:{self.name}"


@dataclass(frozen=True)
class _Seen:
    """What one look found. ``words`` are the versions now; ``fits`` says whether it has those."""

    words: list[str]
    fits: bool = False
    fresh: bool = False
    value: Any = None


def cached(
    name: str,
    *,
    soft: float,
    hard: float,
    compute: Callable[[], Any],
    versions: Sequence[str] = (),
) -> Any:
    """Return the kept result of ``name``, or compute it. Raises only what ``compute`` raises.

    ``name`` begins with the app ("forum.busiest:2026"). Warm: 1 exchange. To compute: 3 more.
    """
    call = _Call(name, versions, soft, hard, compute)
    try:
        seen = _look(call)
        token = ""
        if not seen.fresh:
            seen, token = _lease(call, seen)
        if not seen.fits and not token:
            seen, token = _wait(call)
    except RedisAway:
        return _plain(compute())
    if token:
        return _computed(call, seen.words, token)
    return seen.value if seen.fits else _plain(compute())


def forget(name: str) -> None:
    """Drop a result that no version covers, after the commit. Silent while the cache is away.

    Whoever computes it at this moment may not keep what it found.
    """
    call = _Call(name, (), 0, 0, lambda: None)
    try:
        evictable.ask(lambda client: client.delete(call.key, call.lease_key))
    except RedisAway:
        return


def ages(names: Sequence[str]) -> list[float | None]:
    """How old the kept results of ``names`` are, in seconds; None where nothing is kept.

    One exchange. All None while the cache is away.
    """
    keys = [_Call(name, (), 0, 0, lambda: None).key for name in names]
    try:
        found: Any = evictable.ask(lambda client: client.mget(keys)) if keys else []
    except RedisAway:
        return [None] * len(names)
    now = time.time()
    kept = [json.loads(raw) if raw else {} for raw in found]
    return [max(now - one["at"], 0) if "at" in one else None for one in kept]


def _look(call: _Call) -> _Seen:
    """One exchange; one more for each version that nobody has named yet. Raises RedisAway."""
    keys = [call.key, *(versions_of.key(name) for name in call.versions)]
    answer: Any = evictable.ask(lambda client: client.mget(keys))
    raw, *found = answer
    words = [
        word.decode() if word else versions_of.establish(name)
        for name, word in zip(call.versions, found, strict=True)
    ]
    kept = json.loads(raw) if raw else None
    if kept is None or kept["versions"] != words or "" in words:
        return _Seen(words)
    return _Seen(words, fits=True, fresh=time.time() < kept["fresh_until"], value=kept["value"])


def _lease(call: _Call, seen: _Seen) -> tuple[_Seen, str]:
    """The right to compute, as a token; "" when another has it, or has just done it.

    2 exchanges. Raises RedisAway.
    """
    token = secrets.token_hex(8)
    if not evictable.ask(
        lambda client: client.set(call.lease_key, token, nx=True, ex=LEASE_SECONDS)
    ):
        return seen, ""
    # Between our look and our lease another may have stored its result and given its lease back.
    seen = _look(call)
    if not seen.fresh:
        return seen, token
    _quietly(lambda client: client.eval(RELEASE, 1, call.lease_key, token))
    return seen, ""


def _wait(call: _Call) -> tuple[_Seen, str]:
    """Wait for another's result, or for its lease if it gave up. Raises RedisAway."""
    until = time.monotonic() + WAIT_SECONDS
    pause, longest = POLL_SECONDS
    while True:
        time.sleep(pause)
        pause = min(2 * pause, longest)
        seen = _look(call)
        if seen.fits:
            return seen, ""
        seen, token = _lease(call, seen)
        if token or seen.fits:
            return seen, token
        if time.monotonic() > until:
            return seen, ""


def _computed(call: _Call, words: list[str], token: str) -> Any:
    """Compute under the lease. Its versions were read before: a change meanwhile voids it."""
    try:
        value = _plain(call.compute())
    except BaseException:
        _quietly(lambda client: client.eval(RELEASE, 1, call.lease_key, token))
        raise
    soft = call.soft * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (jitter)
    now = time.time()
    entry = {"versions": words, "at": now, "fresh_until": now + soft, "value": value}
    arguments: list[Any] = [token, json.dumps(entry), max(1, round(call.hard))]
    _quietly(lambda client: client.eval(STORE, 2, call.key, call.lease_key, *arguments))
    return value


def _quietly(work: Callable[[Redis], object]) -> None:
    try:
        evictable.ask(work)
    except RedisAway:
        return


def _plain(value: Any) -> Any:
    """As it will come back from the cache, so that the first caller gets no other type."""
    return json.loads(json.dumps(value))
