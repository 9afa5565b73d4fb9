"""What the workers do, and how a worker notices that it has gone deaf."""

import gc
import logging
import os
import signal
import threading
import time
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import (
    task_received,
    worker_before_create_process,
    worker_init,
    worker_ready,
)
from celery.worker import state as worker_state
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from isme.lib import file_sweep, files, hooks, job_batches, jobs, limit_fallback
from isme.lib.bell import waiting
from isme.lib.health import BEAT, beat_heart, require_durable_broker
from isme.lib.models import IdempotencyKey
from isme.lib.redis import RedisAway, durable

logger = logging.getLogger(__name__)

IDEMPOTENCY_KEYS_KEPT = timedelta(days=7)
DEAF_SECONDS = 120  # four canaries
STUCK_SECONDS = 600  # longer than any job may run
LAST_WORDS_SECONDS = 60
WATCH_SECONDS = 10


@shared_task
def run_job(pk: int) -> None:
    """Do job ``pk`` if it is still to be done. Safe to run twice, and at the same time."""
    jobs.run(pk)


@shared_task
def run_together(kind: str) -> None:
    """Do the jobs of ``kind`` that wait. Safe to run twice, and at the same time."""
    job_batches.run_together(kind)


@shared_task
def sweep() -> None:
    """Ring again for jobs that nobody took. Its heartbeat shows that beat lives."""
    beat_heart(BEAT)
    rung = jobs.sweep()
    if rung:
        logger.info("sweep: rang for %s jobs", rung)


@shared_task
def canary(queue: str) -> None:
    """Note that a worker of ``queue`` lives."""
    beat_heart(queue)


@shared_task
def housekeeping() -> None:
    """Ask for the chores of this hour; keyed by it, so two beats ask once."""
    jobs.enqueue("lib.prune", key=f"{timezone.now():%Y-%m-%dT%H}")
    jobs.enqueue("lib.sweep_files", key=f"{timezone.now():%Y-%m-%d}")
    hooks.each_hour()


@shared_task
def each_minute() -> None:
    """Let the apps look for what is due; what they ask for is keyed by its time."""
    hooks.each_minute()


@jobs.job("lib.prune", queue="bulk", lease_seconds=120)
def prune() -> None:
    """Delete done jobs after 14 days, used form keys after 7, counters of limits when over."""
    jobs.prune()
    limit_fallback.prune()
    hooks.prune()
    before = timezone.now() - IDEMPOTENCY_KEYS_KEPT
    old = IdempotencyKey.objects.filter(created_at__lt=before).order_by("created_at", "pk")
    while pks := list(old.values_list("pk", flat=True)[: jobs.PRUNE_ROWS]):
        IdempotencyKey.objects.filter(pk__in=pks).delete()


@jobs.job("lib.delete_file", queue="bulk")
def delete_file(*, path: str) -> None:
    """Delete a file whose row went away."""
    files.delete_unnamed(path)


@jobs.job("lib.sweep_files", queue="bulk", lease_seconds=300)
def sweep_files() -> None:
    """Once a day: delete files that no row names, say which rows have lost theirs."""
    file_sweep.sweep()


class Watchdog:
    """Ends a worker that lives but does not hear (celery #10205), for supervisor to restart.

    Deaf means: no message for 120 s, nothing in work, and yet messages wait in its queues.
    Times are seconds of the monotonic clock.
    """

    def __init__(self, queues: list[str]) -> None:
        self.queues = queues
        self.heard_at = time.monotonic()

    def heard(self, **_kwargs: Any) -> None:
        self.heard_at = time.monotonic()

    def is_deaf(self) -> bool:
        """Whether to give up. One exchange per queue, only after 120 s of silence."""
        silent = time.monotonic() - self.heard_at
        patience = STUCK_SECONDS if worker_state.active_requests else DEAF_SECONDS
        if silent < patience:
            return False
        try:
            durable.ask(lambda client: client.ping())
        except RedisAway:
            self.heard()  # a dead broker says nothing to anybody; count from its return
            return False
        return any(waiting(queue) for queue in self.queues)

    def watch(self) -> None:
        while not self.is_deaf():
            time.sleep(WATCH_SECONDS)
        logger.critical("no message for %s s though some wait: ending this worker", DEAF_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST_WORDS_SECONDS)
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


@worker_init.connect
def check_broker(**_kwargs: Any) -> None:
    """Refuse to start on a broker that may evict. SystemExit: Celery swallows exceptions here."""
    try:
        require_durable_broker()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error


@worker_before_create_process.connect
def share_memory(**_kwargs: Any) -> None:
    """Have the process that does the jobs keep sharing its memory with the one it comes from.

    Its first search of old objects for garbage would write to each of them, and so copy all: 31 MB
    in each worker, some minutes after the start.
    """
    jobs.load_kinds()
    gc.collect()
    gc.freeze()


@worker_ready.connect
def start_watchdog(sender: Any, **_kwargs: Any) -> None:
    """Watch over this worker, and let its queues' first sign of life not wait for beat."""
    queues = list(sender.app.amqp.queues.consume_from)
    watchdog = Watchdog(queues)
    task_received.connect(watchdog.heard, weak=False)
    threading.Thread(target=watchdog.watch, name="watchdog", daemon=True).start()
    for queue in queues:
        canary.apply_async(args=(queue,), queue=queue, expires=DEAF_SECONDS, retry=False)
