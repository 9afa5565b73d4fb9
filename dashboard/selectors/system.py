"""How the system itself is: for super admins, who are called when it isn't well."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from isme.lib import audit, backup, charts, health, metrics_page
from isme.lib.models import Heartbeat, Job
from isme.lib.models.job import JobState
from isme.lib.redis import RedisAway, evictable

MOST_FAILED, MOST_JOBS = 5, 10
OLDEST_BACKUP = timedelta(hours=26)
MOST_ERRORS_PERCENT = 1.0


@dataclass(frozen=True)
class Errors:
    """How many of all answers were 5xx."""

    failed: int
    answers: int

    @property
    def percent(self) -> float:
        return round(100 * self.failed / self.answers, 2) if self.answers else 0.0

    @property
    def ok(self) -> bool:
        return self.percent <= MOST_ERRORS_PERCENT


@dataclass(frozen=True)
class Queue:
    """Jobs that wait, since when the oldest is due (None without any), and those that gave up."""

    waiting: int
    oldest_due_at: datetime | None
    failed: int


def checks() -> list[health.Check]:
    """Every part: 2 queries, 2 exchanges."""
    return health.check_services(quick=True)


def hit_rate() -> int | None:
    """Reads that the cache could answer since it started, in percent; None while it is away."""
    try:
        stats: Any = evictable.ask(lambda client: client.info("stats"))
    except RedisAway:
        return None
    hits, misses = int(stats["keyspace_hits"]), int(stats["keyspace_misses"])
    return charts.percent(hits, hits + misses)


def queue() -> Queue:
    """What isn't done, in time or at all: 1 query over the index of the to-do list."""
    waits = Q(state=JobState.PENDING)
    found = Job.objects.filter(state__in=[JobState.PENDING, JobState.DEAD]).aggregate(
        n=Count("pk", filter=waits),
        first=Min("due_at", filter=waits),
        failed=Count("pk", filter=Q(state=JobState.DEAD)),
    )
    return Queue(found["n"], found["first"], found["failed"])


@dataclass(frozen=True)
class Sign:
    """When something that must happen each day happened last (None: never), and whether in time."""

    name: str
    at: datetime | None
    ok: bool


def backups() -> list[Sign]:
    """The last backup and the last one that was restored on trial: 1 query."""
    names = (backup.MADE, backup.DRILLED)
    seen = dict(Heartbeat.objects.filter(name__in=names).values_list("name", "seen_at"))
    limit = timezone.now() - OLDEST_BACKUP
    return [Sign(name, seen.get(name), name in seen and seen[name] > limit) for name in names]


def errors() -> Errors:
    """Answers that were errors of ours, since the counting began: no query, some files."""
    counted = metrics_page.counted()
    failed = sum(number for status, number in counted.items() if status.startswith("5"))
    return Errors(int(failed), int(sum(counted.values())))


def failed_jobs() -> list[Job]:
    """The newest jobs that gave up: 1 query."""
    dead = Job.objects.filter(state=JobState.DEAD)
    return list(dead.order_by("-finished_at", "-pk")[:MOST_FAILED])


def newest_jobs() -> list[Job]:
    """The jobs that were asked for last, whatever became of them: 1 query by the key.

    Without those of the audit trail: every act has one, and they would hide the rest.
    """
    jobs = Job.objects.exclude(kind=audit.APPEND).order_by("-pk")
    return list(jobs.defer("payload")[:MOST_JOBS])
