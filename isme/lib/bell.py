"""The doorbell: a message that says "look at job 7 now". Losing one costs nothing.

With ``tasks`` and ``isme.celery`` the only place that knows Celery.
"""

import functools
import logging
import time
from typing import Any

from celery import current_app
from django.conf import settings
from kombu import pools
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from isme.lib.redis import RedisAway, durable
from isme.lib.timing import count_exchange

RUN_JOB = "isme.lib.tasks.run_job"
RUN_TOGETHER = "isme.lib.tasks.run_together"
GATHER_SECONDS = 1
RUNG_SECONDS = 5  # a lost bell holds the others back no longer
SOFT_LIMIT_BEFORE_SECONDS = 5
logger = logging.getLogger(__name__)


@functools.cache
def _producers() -> Any:
    """Keep connections of our own: Celery's wait 6 s for a dead broker, even without retry."""
    connection = current_app.connection_for_write(
        transport_options={
            "max_retries": 0,
            "socket_connect_timeout": settings.REDIS_CONNECT_SECONDS,
            "socket_timeout": settings.REDIS_READ_SECONDS,
        }
    )
    return pools.producers[connection]


def ring(pk: int, queue: str, *, seconds: int) -> bool:
    """Tell the workers of ``queue`` of job ``pk``; return whether the broker took it.

    ``seconds`` is the hard limit of the run, 5 s more than the soft one. At most 0.25 s, and
    nothing while the breaker is open. Never raises for a broker that is away: the sweep rings
    again.
    """
    return _send(RUN_JOB, pk, queue, seconds=seconds)


def ring_together(kind: str, queue: str, *, seconds: int, delay: float = 0) -> bool:
    """Tell the workers of ``queue`` that jobs of a ``kind`` wait to be done together.

    Return whether the broker took it; like ``ring`` in all else. ``delay`` is in seconds.
    """
    return _send(RUN_TOGETHER, kind, queue, seconds=seconds, countdown=delay or None)


def ring_together_soon(kind: str, queue: str, *, seconds: int) -> bool:
    """Ring once for all jobs of ``kind`` that come within a second. Two exchanges, mostly one.

    Call it after the commit. The worker takes the key away before it looks for jobs, so a job
    whose bell was left out is committed before the worker looks: none is overlooked.
    """
    try:
        first = durable.ask(
            lambda client: client.set(_rung_key(kind), 1, nx=True, ex=RUNG_SECONDS)
        )
    except RedisAway:
        return False
    return bool(first) and ring_together(kind, queue, seconds=seconds, delay=GATHER_SECONDS)


def listen_again(kind: str) -> None:
    """Let the next job of ``kind`` ring: a worker begins to look. Silent without Redis."""
    try:
        durable.ask(lambda client: client.delete(_rung_key(kind)))
    except RedisAway:
        return


def _rung_key(kind: str) -> str:
    return f"rung:{kind}"


def _send(
    task: str, argument: int | str, queue: str, *, seconds: int, countdown: float | None = None
) -> bool:
    if durable.breaker.is_open:
        return False
    started = time.perf_counter()
    try:
        with _producers().acquire(block=True, timeout=settings.REDIS_READ_SECONDS) as producer:
            current_app.send_task(
                task,
                args=[argument],
                queue=queue,
                producer=producer,
                retry=False,
                countdown=countdown,
                time_limit=seconds,
                soft_time_limit=max(1, seconds - SOFT_LIMIT_BEFORE_SECONDS),
            )
    except (KombuError, RedisError, OSError) as error:
        durable.breaker.failed()
        logger.warning("the bell for %s was not heard, the sweep rings again: %s", argument, error)
        return False
    finally:
        count_exchange(time.perf_counter() - started, 1)
    durable.breaker.succeeded()
    return True


def waiting(queue: str) -> int:
    """Return how many messages wait in ``queue``; 0 while the broker is away."""
    try:
        return int(durable.ask(lambda client: client.llen(queue)))
    except RedisAway:
        return 0
