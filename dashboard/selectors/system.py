"""How the system itself is: for super admins, who are called when it isn't well."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from isme.lib import charts, health
from isme.lib.models import Job
from isme.lib.models.job import JobState
from isme.lib.redis import RedisAway, evictable

MOST_FAILED = 5


@dataclass(frozen=True)
class Queue:
    """Jobs that wait: how many, and since when the oldest is due (None without any)."""

    waiting: int
    oldest_due_at: datetime | None


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
    """What is due and not yet done: 1 query over the index of the to-do list."""
    found = Job.objects.filter(state=JobState.PENDING).aggregate(
        n=Count("pk"), first=Min("due_at")
    )
    return Queue(found["n"], found["first"])


def failed_jobs() -> tuple[int, list[Job]]:
    """How many jobs gave up, and the newest of them: 2 queries."""
    dead = Job.objects.filter(state=JobState.DEAD)
    return dead.count(), list(dead.order_by("-finished_at", "-pk")[:MOST_FAILED])
