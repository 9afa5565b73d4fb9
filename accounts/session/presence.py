"""Who is on now: noted in the cache Redis with the page's own exchange, else by the column.

A cookie proves who somebody is only after the exchange that reads the snapshot. So a person is
noted with the *next* exchange, when this process has seen this very cookie judged as live; the
first page after a sign-in fills the snapshot and notes them with that. Whoever forges a cookie
makes nobody seem present.
"""

import threading
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone
from redis.client import Pipeline

from accounts.models import SignInSession
from isme.lib import fence
from isme.lib.redis import RedisAway, evictable

KEY = "on"
NOTE_SECONDS = 60  # at most once in so long for each person and process
ON_SECONDS = 300
COLUMN_SECONDS = 600  # the column is written every 5 minutes, when a snapshot is read anew
KEPT_SECONDS = 24 * 60 * 60
MOST = 5000


class _Memory:
    """What this process knows: for each person the hash of the live cookie, and when noted."""

    def __init__(self) -> None:
        self._noted: dict[int, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def is_due(self, user_id: int, cookie_hash: str) -> bool:
        known = self._noted.get(user_id)
        if known is None or known[0] != cookie_hash:
            return False
        return time.monotonic() - known[1] > NOTE_SECONDS

    def judged(self, user_id: int, cookie_hash: str) -> None:
        """Learn that a cookie is live: the next exchange may note the person, if a minute is over."""
        known = self._noted.get(user_id)
        if known is None or known[0] != cookie_hash:
            self._put(user_id, cookie_hash, float("-inf"))

    def noted(self, user_id: int, cookie_hash: str) -> None:
        self._put(user_id, cookie_hash, time.monotonic())

    def _put(self, user_id: int, cookie_hash: str, moment: float) -> None:
        with self._lock:
            if len(self._noted) >= MOST:
                self._noted.clear()  # a minute's worth of notes more, and no more
            self._noted[user_id] = (cookie_hash, moment)

    def clear(self) -> None:
        self._noted.clear()


memory = _Memory()


def note(pipeline: Pipeline, user_id: int) -> None:
    """Add the note to an exchange that is being made anyway."""
    now = time.time()
    pipeline.zadd(KEY, {str(user_id): now})
    pipeline.zremrangebyscore(KEY, "-inf", now - KEPT_SECONDS)


def online() -> list[int]:
    """The people who are signed in and asked for a page in the last 5 minutes.

    One exchange and one query. Without Redis the column serves: 10 minutes, one query.
    """
    live = SignInSession.objects.exclude(secret_hash="").filter(expires_at__gt=timezone.now())
    seen = None if fence.stands() else _seen()
    if seen is not None:
        return list(live.filter(pk__in=seen).values_list("pk", flat=True))
    recent = timezone.now() - timedelta(seconds=COLUMN_SECONDS)
    by_column = live.filter(seen_at__gt=recent).order_by("-seen_at")
    return list(by_column.values_list("pk", flat=True)[:MOST])


def _seen() -> list[int] | None:
    """Who was noted in the last 5 minutes; None while Redis is away."""
    since = time.time() - ON_SECONDS
    try:
        rows: Any = evictable.ask(
            lambda client: client.zrevrangebyscore(KEY, "+inf", since, 0, MOST)
        )
    except RedisAway:
        return None
    return [int(row) for row in rows]
