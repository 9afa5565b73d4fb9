"""Limits on failures: one Lua call on the durable Redis; database rows when it is away (F4, F6).

An attempt is noted as a failure *before* its work and taken back when it succeeds: a hundred
attempts at the same moment can't all slip through one free place. Never open, never an error.
"""

import json
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from redis import Redis

from isme.lib import limit_fallback
from isme.lib.limit_rules import Crowded, Held, Rule
from isme.lib.limit_scripts import ATTEMPT, LIFT, SETTLE
from isme.lib.metrics import THROTTLED
from isme.lib.redis import RedisAway, durable

logger = logging.getLogger(__name__)

PREFIX = "limit:"
HELD = PREFIX + "held"


class Outcome(Enum):
    SUCCEEDED = "succeeded"
    UNTRIED = "untried"  # the work was never done: as if it had not been asked


@dataclass(frozen=True)
class Attempt:
    """One attempt that may be made, and stays noted as a failure unless it is settled."""

    rules: tuple[Rule, ...]
    token: str
    added: bool = True
    fallback: limit_fallback.Noted | None = None

    def settle(self, outcome: Outcome) -> None:
        """Take the failure back. Raises nothing: at worst one failure too many is noted."""
        if self.fallback is not None:
            limit_fallback.take_back(
                self.fallback, self.rules, succeeded=outcome == Outcome.SUCCEEDED
            )
            return
        arguments = [time.time(), self.token, _as_json(self.rules), outcome.value, int(self.added)]
        try:
            durable.ask(lambda client: _run(client, SETTLE, self.rules, arguments))
        except RedisAway as error:
            logger.warning("a limit was not taken back: %s", error)


def attempt(subject: str, rules: Sequence[Rule], ticket: str = "") -> Attempt:
    """Note an attempt of ``subject``. Raises Held or Crowded, and then nothing is noted."""
    token = secrets.token_hex(8)
    arguments = [time.time(), token, _as_json(rules), subject, ticket]
    try:
        answer = durable.ask(lambda client: _run(client, ATTEMPT, rules, arguments))
    except RedisAway as error:
        logger.warning("limits by the database: %s", error)
        noted = limit_fallback.attempt(subject, rules, ticket)
        return Attempt(tuple(rules), token, fallback=noted)
    wait, crowded, added = (int(part) for part in answer)
    if crowded:
        THROTTLED.labels("crowded").inc()
        raise Crowded(wait)
    if wait:
        THROTTLED.labels("held").inc()
        raise Held(wait)
    return Attempt(tuple(rules), token, added=bool(added))


def lift(subject: str) -> None:
    """Forget the failures of ``subject``, in Redis and in the database."""
    limit_fallback.lift(subject)
    index = f"{PREFIX}of:{subject}"
    durable.ask(lambda client: client.register_script(LIFT)(keys=[index, HELD], args=[subject]))


def held() -> dict[str, float]:
    """The subjects that were refused and must still wait, with the moment until when."""
    now = time.time()
    found = limit_fallback.held()

    def work(client: Redis) -> Any:
        return client.zrangebyscore(HELD, now, "+inf", withscores=True)

    try:
        rows = durable.ask(work)
    except RedisAway:
        rows = []
    return found | {subject.decode(): until for subject, until in rows}


def _as_json(rules: Sequence[Rule]) -> str:
    return json.dumps([asdict(rule) for rule in rules])


def _run(client: Redis, script: str, rules: Sequence[Rule], arguments: list[Any]) -> Any:
    keys = [PREFIX + rule.key for rule in rules]
    return client.register_script(script)(keys=[*keys, HELD], args=arguments)
