"""Background jobs: the row is the queue, Celery is only the doorbell (reliability F8).

A job is written in the transaction that needs it, so it exists exactly if that commits. A
worker claims the row with a lease; whoever holds the lease may mark it done. A job whose
worker died is claimed again when its lease runs out, so a handler may run more than once:
its effect must lie under a unique key of its own.
"""

import logging
import secrets
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from isme.lib import writes
from isme.lib.bell import ring, ring_together, ring_together_soon, waiting
from isme.lib.metrics import JOB_SECONDS
from isme.lib.models import Job
from isme.lib.models.job import JobState

JsonScalar = str | int | float | bool | None
Handler = TypeVar("Handler", bound=Callable[..., None])
logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
LEASE_SECONDS = 30
MOST_LEASE_SECONDS = 300  # below the broker's visibility timeout of 360 s
UNHEARD_SECONDS = 30
FIRST_PAUSE_SECONDS = 10  # then six times as long after each failure
SWEEP_ROWS = 500
DONE_KEPT = timedelta(days=14)
PRUNE_ROWS = 1000
ERROR_CHARACTERS = 4000


class UnknownKind(Exception):
    """No handler is registered for this kind of job."""


@dataclass(frozen=True)
class Kind:
    """How jobs of one kind are done. ``lease_seconds`` is also the hard limit of one run.

    A handler of jobs that are done ``together`` gets a list of payloads as ``rows``.
    """

    name: str
    queue: str
    lease_seconds: int
    handler: Callable[..., None]
    together: bool = False

    def do(self, payload: dict[str, Any]) -> None:
        """Do one job alone."""
        if self.together:
            self.handler(rows=[payload])
        else:
            self.handler(**payload)


_kinds: dict[str, Kind] = {}


def job(
    kind: str,
    *,
    queue: str = "critical",
    lease_seconds: int = LEASE_SECONDS,
    together: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the decorated function, which lives in an app's ``tasks``, for ``kind``.

    It gets the payload as keywords and 5 s before the end of its lease a
    SoftTimeLimitExceeded. ``together``: it gets ``rows``, the payloads of up to 200 jobs that
    came within a second (isme.lib.job_batches), and must do all or nothing. Raises ValueError
    for a lease over 300 s or a name that is taken.
    """
    if not 0 < lease_seconds <= MOST_LEASE_SECONDS:
        raise ValueError(f"The lease of {kind} must lie in 1..{MOST_LEASE_SECONDS} s.")

    def register(handler: Handler) -> Handler:
        known = _kinds.get(kind)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"Two handlers for jobs of kind {kind}.")
        _kinds[kind] = Kind(kind, queue, lease_seconds, handler, together)
        return handler

    return register


def load_kinds() -> None:
    """Import every app's ``tasks``, where the kinds register themselves."""
    autodiscover_modules("tasks")


def kind_named(name: str) -> Kind:
    """Return the registered kind, loading every app's ``tasks`` if need be.

    Raises UnknownKind.
    """
    if name not in _kinds:
        load_kinds()
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No handler for jobs of kind {name!r}.") from None


def enqueue(
    kind: str,
    /,
    *,
    key: str,
    due_at: datetime | None = None,
    fresh_key: bool = False,
    **payload: JsonScalar,
) -> Job:
    """Write one job row in the caller's transaction; ring the worker after commit.

    ``key`` is unique per kind: asking twice is one job, and the first payload counts. A job
    with a ``due_at`` in the future is rung by the sweep. Two queries; one for a ``fresh_key``,
    which the caller drew at random so that nobody asked for it before. The bell has 0.15 s and
    no retry: a lost ring costs nothing. Raises UnknownKind.
    """
    known = kind_named(kind)
    now = timezone.now()
    values = {"payload": payload, "due_at": due_at or now}
    if fresh_key:
        row, created = Job(kind=kind, key=key, **values), True
        writes.insert(row)
    else:
        row, created = Job.objects.get_or_create(kind=kind, key=key, defaults=values)
    if created and row.due_at <= now:
        _ring_after_commit(row.pk, known)
    return row


def enqueue_new(kind: str, /, payloads: Mapping[str, Mapping[str, JsonScalar]]) -> None:
    """Write jobs (key -> payload) that nobody asked for before: one query, however many.

    Each key is new because what it names is, in the caller's transaction. Raises UnknownKind.
    """
    known = kind_named(kind)
    now = timezone.now()
    rows = Job.objects.bulk_create(
        Job(kind=kind, key=key, payload=dict(payload), due_at=now)
        for key, payload in payloads.items()
    )
    for row in rows:
        _ring_after_commit(row.pk, known)


def claim(pk: int) -> Job | None:
    """Take job ``pk`` for this worker, or return None if it is not to be done now.

    One UPDATE decides between rivals; three queries at most, no lock is held after. A job
    whose third worker died too is declared dead here.
    """
    row = Job.objects.filter(pk=pk).first()
    if row is None:
        return None
    now = timezone.now()
    lease_out = Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(
        Q(state=JobState.PENDING, due_at__lte=now) | lease_out, pk=pk, attempts__lt=MOST_ATTEMPTS
    )
    row.lease_token = secrets.token_hex(16)
    row.lease_until = now + timedelta(seconds=_lease_seconds(row.kind))
    if taken.update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        lease_until=row.lease_until,
        lease_token=row.lease_token,
    ):
        # Only the holder of this token changes the row now.
        row.refresh_from_db(fields=["attempts", "state"])
        return row
    _bury_if_exhausted(pk, lease_out, now)
    return None


def _lease_seconds(kind: str) -> int:
    try:
        return kind_named(kind).lease_seconds
    except UnknownKind:
        return LEASE_SECONDS


def _bury_if_exhausted(pk: int, lease_out: Q, now: datetime) -> None:
    exhausted = Job.objects.filter(lease_out, pk=pk, attempts__gte=MOST_ATTEMPTS)
    if exhausted.update(
        state=JobState.DEAD,
        lease_until=None,
        lease_token="",
        finished_at=now,
        last_error=f"The worker died or ran out of time in each of {MOST_ATTEMPTS} attempts.",
    ):
        logger.error("job %s is dead: its worker died %s times", pk, MOST_ATTEMPTS)


def run(pk: int) -> bool:
    """Claim job ``pk``, do it and mark it done. Return whether it was done here.

    An error of the handler is kept in the row, which is tried again after 10 s, then 60 s,
    and is dead after three attempts. No lock is held while the handler runs. Raises
    DatabaseError when the outcome can't be written: the lease runs out and it is done again.
    """
    row = claim(pk)
    if row is None:
        return False
    try:
        with timed(row.kind):
            kind_named(row.kind).do(row.payload)
    except Exception as error:  # noqa: BLE001 (whatever a handler raises is kept and retried)
        fail(row, error)
        return False
    done = _held(row).update(
        state=JobState.DONE, lease_until=None, lease_token="", finished_at=timezone.now()
    )
    if not done:
        logger.warning("job %s (%s) outlived its lease; another worker has it", pk, row.kind)
    return bool(done)


@contextmanager
def timed(kind: str) -> Iterator[None]:
    """Count the run and how long it took, also of one that raises."""
    started, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        JOB_SECONDS.labels(kind, outcome).observe(time.perf_counter() - started)


def _held(row: Job) -> "Any":
    return Job.objects.filter(pk=row.pk, state=JobState.RUNNING, lease_token=row.lease_token)


def fail(row: Job, error: Exception) -> None:
    """Write why the job that is held was not done, and when it is tried again, if it is."""
    now = timezone.now()
    trace = "".join(traceback.format_exception(error))[-ERROR_CHARACTERS:]
    changes: dict[str, Any] = {
        "lease_until": None,
        "lease_token": "",
        "last_error": trace.encode("utf-8", "replace").decode(),
    }
    if row.attempts >= MOST_ATTEMPTS:
        changes |= {"state": JobState.DEAD, "finished_at": now}
        logger.error("job %s (%s) is dead: %r", row.pk, row.kind, error)
    else:
        pause = timedelta(seconds=FIRST_PAUSE_SECONDS * 6 ** (row.attempts - 1))
        changes |= {"state": JobState.PENDING, "due_at": now + pause}
        logger.warning("job %s (%s) failed, again in %s: %r", row.pk, row.kind, pause, error)
    _held(row).update(**changes)


def sweep() -> int:
    """Ring again for what nobody took: return the number of rings. Two queries, no locks.

    That is pending jobs that are due and written 30 s ago or more, and running ones whose
    lease is out. At most 500 of each, the longest due first, and none for a queue in which
    500 bells wait already: a long backlog must not fill the broker.
    """
    now = timezone.now()
    unheard = Job.objects.filter(
        state=JobState.PENDING,
        due_at__lte=now,
        created_at__lte=now - timedelta(seconds=UNHEARD_SECONDS),
    ).order_by("due_at", "pk")
    abandoned = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now).order_by(
        "lease_until", "pk"
    )
    room: dict[str, int] = {}
    together: set[Kind] = set()
    rung = 0
    for rows in (abandoned, unheard):
        for pk, name, attempts in rows.values_list("pk", "kind", "attempts")[:SWEEP_ROWS]:
            kind = _kind_or_default(name)
            if kind.together and attempts == 0:
                together.add(kind)
                continue
            if kind.queue not in room:
                room[kind.queue] = SWEEP_ROWS - waiting(kind.queue)
            if room[kind.queue] > 0 and ring(pk, kind.queue, seconds=kind.lease_seconds):
                room[kind.queue] -= 1
                rung += 1
    rung += sum(ring_together(k.name, k.queue, seconds=k.lease_seconds) for k in together)
    return rung


def _kind_or_default(name: str) -> Kind:
    """Return the kind; for one of a newer or older release, what is enough to record that."""
    try:
        return kind_named(name)
    except UnknownKind:
        return Kind(name, "critical", LEASE_SECONDS, lambda: None)


def retry(ids: Iterable[int]) -> int:
    """Give the dead jobs among ``ids`` three new attempts, now. Return how many there were."""
    with transaction.atomic():
        dead = list(
            Job.objects.select_for_update()
            .filter(pk__in=list(ids), state=JobState.DEAD)
            .order_by("pk")
            .values_list("pk", "kind")
        )
        Job.objects.filter(pk__in=[pk for pk, _name in dead]).update(
            state=JobState.PENDING, attempts=0, due_at=timezone.now(), finished_at=None
        )
        for pk, name in dead:
            _ring_after_commit(pk, _kind_or_default(name))
    return len(dead)


def _ring_after_commit(pk: int, kind: Kind) -> None:
    def work() -> None:
        if kind.together:
            ring_together_soon(kind.name, kind.queue, seconds=kind.lease_seconds)
        else:
            ring(pk, kind.queue, seconds=kind.lease_seconds)

    transaction.on_commit(work, robust=True)


def prune() -> int:
    """Delete jobs that were done over 14 days ago, 1,000 a statement. Return how many.

    Dead ones stay until somebody has looked at them.
    """
    old = Job.objects.filter(state=JobState.DONE, finished_at__lt=timezone.now() - DONE_KEPT)
    deleted = 0
    while pks := list(old.order_by("finished_at", "pk").values_list("pk", flat=True)[:PRUNE_ROWS]):
        deleted += Job.objects.filter(pk__in=pks).delete()[0]
    return deleted
