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
    if durable.breaker.is_open:
        return False
    started = time.perf_counter()
    try:
        with _producers().acquire(block=True, timeout=settings.REDIS_READ_SECONDS) as producer:
            current_app.send_task(
                RUN_JOB,
                args=[pk],
                queue=queue,
                producer=producer,
                retry=False,
                time_limit=seconds,
                soft_time_limit=max(1, seconds - SOFT_LIMIT_BEFORE_SECONDS),
            )
    except (KombuError, RedisError, OSError) as error:
        durable.breaker.failed()
        logger.warning("the bell for job %s was not heard, the sweep rings again: %s", pk, error)
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
