"""How often somebody may do what costs much: django-ratelimit on the durable Redis.

For tries at a secret see isme.lib.limits. With Redis away, counter rows count, and without a
database this process at its share (F6): never open, never an error.
"""

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from isme.lib import limit_fallback
from isme.lib.limit_rules import Held, Window
from isme.lib.metrics import THROTTLED
from isme.lib.redis import durable


@dataclass(frozen=True)
class Rate:
    """At most ``most`` times in ``seconds`` for each of those who are told apart."""

    name: str
    most: int
    seconds: int


def seconds_to_wait(request: HttpRequest, rate: Rate, who: str) -> int:
    """Count one more for ``who``; 0, or the seconds until there is room. 3 exchanges at most.

    ``who`` may hold what people typed: it is kept as a digest.
    """
    seconds = _seconds(request, rate, who)
    if seconds:
        THROTTLED.labels(rate.name).inc()
    return seconds


def _seconds(request: HttpRequest, rate: Rate, who: str) -> int:
    key = hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    if durable.breaker.is_open:
        return _without_redis(rate, key)
    usage = get_usage(
        request,
        group=rate.name,
        key=lambda _group, _request: key,
        rate=f"{rate.most}/{rate.seconds}s",
        increment=True,
    )
    if usage is None or usage["time_left"] < 0:  # Redis did not answer
        durable.breaker.failed()
        return _without_redis(rate, key)
    durable.breaker.succeeded()
    return max(1, int(usage["time_left"])) if usage["should_limit"] else 0


def _without_redis(rate: Rate, key: str) -> int:
    rule = Window(f"rate:{rate.name}|{key}", rate.most, rate.seconds)
    try:
        limit_fallback.attempt(rule.key, [rule], "")
    except Held as held:
        return held.seconds
    return 0
