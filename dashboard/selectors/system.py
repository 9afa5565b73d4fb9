"""How the system itself is: for super admins, who are called when it isn't well."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from isme.lib import charts, health
from isme.lib.models import Job
from isme.lib.models.job import JobState
from isme.lib.redis import RedisAway, evictable

MOST_FAILED = 5


@dataclass(frozen=True)
class Queue:
    """Jobs that wait, since when the oldest is due (None without any), and those that gave up."""

    waiting: int
    oldest_due_at: datetime | None
    failed: int


def checks() -> list[health.Check]:
    """Every part: 2 queries, 2 exchanges."""
    return health.check_services()


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


def failed_jobs() -> list[Job]:
    """The newest jobs that gave up: 1 query."""
    dead = Job.objects.filter(state=JobState.DEAD)
    return list(dead.order_by("-finished_at", "-pk")[:MOST_FAILED])
