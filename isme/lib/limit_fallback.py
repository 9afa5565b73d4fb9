"""Limits while the durable Redis is away: counter rows, else counters of this process (F6).

Two neighbouring windows give a sliding count (the older one by the part of it that still
counts). A Backoff is left to the Window that accompanies it; a Surge is not seen here.
"""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import F

from isme.lib.limit_rules import Crowded, Held, Rule, Spread, Window
from isme.lib.models import LimitCounter
from isme.lib.transactions import retry_atomic

logger = logging.getLogger(__name__)

DATABASE_AWAY = (DatabaseError, InterfaceError)
MOST_IN_PROCESS = 20_000
HELD = "held|"
TICKET_SECONDS = 3600  # longer than any ticket is valid


class Store(Protocol):
    share: int  # among how many of these the limits are divided

    def add(self, key: str, window: int, amount: int, seconds: int) -> None: ...
    def count(self, key: str, window: int) -> int: ...


class _Rows:
    share = 1

    def add(self, key: str, window: int, amount: int, seconds: int) -> None:
        rows = LimitCounter.objects.filter(key=key, window=window)
        if rows.update(count=F("count") + amount):
            return
        expires = datetime.fromtimestamp((window + 2) * seconds, UTC)
        _row, created = LimitCounter.objects.get_or_create(
            key=key, window=window, defaults={"count": amount, "expires_at": expires}
        )
        if not created:
            rows.update(count=F("count") + amount)

    def count(self, key: str, window: int) -> int:
        rows = LimitCounter.objects.filter(key=key, window=window)
        return rows.values_list("count", flat=True).first() or 0


class _Process:
    def __init__(self) -> None:
        self.share = settings.WEB_PROCESSES
        self.counts: dict[tuple[str, int], int] = {}
        self.lock = threading.Lock()

    def add(self, key: str, window: int, amount: int, seconds: int) -> None:
        with self.lock:
            self.counts[key, window] = self.counts.get((key, window), 0) + amount
            while len(self.counts) > MOST_IN_PROCESS:
                self.counts.pop(next(iter(self.counts)))

    def count(self, key: str, window: int) -> int:
        return self.counts.get((key, window), 0)


_rows = _Rows()
_process = _Process()


@dataclass
class Noted:
    """What was counted, so that it can be taken back."""

    store: Store
    counted: list[tuple[str, int, int]] = field(default_factory=list)  # key, window, seconds

    def add(self, key: str, window: int, seconds: int) -> None:
        self.store.add(key, window, 1, seconds)
        self.counted.append((key, window, seconds))

    def undo(self) -> None:
        for key, window, seconds in self.counted:
            self.store.add(key, window, -1, seconds)
        self.counted.clear()


def attempt(subject: str, rules: Sequence[Rule], ticket: str) -> Noted:
    """As isme.lib.limits.attempt."""
    try:
        noted, refusal = _attempt_in_rows(rules, ticket)
        if type(refusal) is Held:
            _mark_held(subject, refusal.seconds)
    except DATABASE_AWAY as error:
        logger.warning("limits by this process alone: %s", error)
        noted, refusal = _attempt(_process, rules, ticket)
    if refusal is not None:
        raise refusal
    return noted


@retry_atomic
def _attempt_in_rows(rules: Sequence[Rule], ticket: str) -> tuple[Noted, Held | None]:
    return _attempt(_rows, rules, ticket)


def _attempt(store: Store, rules: Sequence[Rule], ticket: str) -> tuple[Noted, Held | None]:
    """Count first and look then, so that rivals see each other; a refusal counts nothing."""
    noted = Noted(store)
    now = time.time()
    refusal: Held | None = None
    for rule in sorted(rules, key=lambda rule: rule.key):
        if isinstance(rule, Window):
            refusal = _window(noted, rule, now) or refusal
    for rule in rules:
        if isinstance(rule, Spread) and refusal is None:
            refusal = _spread(noted, rule, now, ticket)
    if refusal is not None:
        noted.undo()
    return noted, refusal


def _window(noted: Noted, rule: Window, now: float) -> Held | None:
    number, gone = divmod(now, rule.seconds)
    noted.add(rule.key, int(number), rule.seconds)
    limit = max(1, rule.limit // noted.store.share)
    if _sliding(noted.store, rule.key, rule.seconds, now) <= limit:
        return None
    return Held(int(rule.seconds - gone + rule.seconds / limit) + 1)


def _spread(noted: Noted, rule: Spread, now: float, ticket: str) -> Held | None:
    window = int(now // rule.seconds)
    store = noted.store
    failed = _sliding(store, rule.key, rule.seconds, now)
    succeeded = _sliding(store, f"{rule.key}:ok", rule.seconds, now)
    if failed >= (rule.free + succeeded // rule.per) // store.share:
        if not ticket or _sliding(store, f"ticket|{ticket}", TICKET_SECONDS, now):
            return Crowded(0)
        every = 1 if rule.quick else rule.slow
        slot, gone = divmod(now, every)
        if store.count(f"{rule.key}:redeemed", int(slot)):
            return Crowded(int(every - gone) + 1)
        store.add(f"{rule.key}:redeemed", int(slot), 1, every)
        store.add(f"ticket|{ticket}", int(now // TICKET_SECONDS), 1, TICKET_SECONDS)
    if not store.count(f"{rule.member}|seen|{rule.key}", window):
        noted.add(rule.key, window, rule.seconds)
    noted.add(f"{rule.member}|seen|{rule.key}", window, rule.seconds)
    return None


def _sliding(store: Store, key: str, seconds: int, now: float) -> float:
    number, gone = divmod(now, seconds)
    older = store.count(key, int(number) - 1) * (1 - gone / seconds)
    return older + store.count(key, int(number))


def take_back(noted: Noted, rules: Sequence[Rule], *, succeeded: bool) -> None:
    try:
        _take_back(noted, rules, succeeded=succeeded)
    except DATABASE_AWAY as error:
        logger.warning("a limit was not taken back: %s", error)


@retry_atomic
def _take_back(noted: Noted, rules: Sequence[Rule], *, succeeded: bool) -> None:
    noted.undo()
    for rule in rules:
        if succeeded and isinstance(rule, Spread):
            window = int(time.time() // rule.seconds)
            seen = f"{rule.member}|seen|{rule.key}:ok"
            if not noted.store.count(seen, window):
                noted.store.add(f"{rule.key}:ok", window, 1, rule.seconds)
            noted.store.add(seen, window, 1, rule.seconds)


def _mark_held(subject: str, seconds: int) -> None:
    until = datetime.fromtimestamp(time.time() + seconds, UTC)
    LimitCounter.objects.update_or_create(
        key=HELD + subject, window=0, defaults={"count": 1, "expires_at": until}
    )


def held() -> dict[str, float]:
    now = datetime.fromtimestamp(time.time(), UTC)
    rows = LimitCounter.objects.filter(key__startswith=HELD, expires_at__gt=now)
    return {row.key.removeprefix(HELD): row.expires_at.timestamp() for row in rows}


def lift(subject: str) -> None:
    LimitCounter.objects.filter(key__startswith=f"{subject}|").delete()
    LimitCounter.objects.filter(key=HELD + subject).delete()
    with _process.lock:
        for pair in [pair for pair in _process.counts if pair[0].startswith(f"{subject}|")]:
            with suppress(KeyError):
                del _process.counts[pair]


def prune() -> int:
    """Delete the rows of windows that are over."""
    now = datetime.fromtimestamp(time.time(), UTC)
    return LimitCounter.objects.filter(expires_at__lt=now).delete()[0]
