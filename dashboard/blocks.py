"""The blocks that the dashboard itself offers: how the system is, for super admins."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from dashboard.selectors import system
from isme.lib import desk, home, statistics
from isme.lib.desk import Panel
from isme.lib.home import Block

BOSS = frozenset({Role.SUPER_ADMIN.value})
FOLDER = "dashboard/blocks"


def offer() -> None:
    """Put the blocks into the registry."""
    home.add(Block("care", f"{FOLDER}/_care.html", _care, 15, home.SIDE, BOSS))
    desk.add(Panel("health", "admin/panels/health.html", _health, 10))
    desk.add(Panel("jobs", "admin/panels/jobs.html", _jobs, 30))
    home.add(Block("system", f"{FOLDER}/_system.html", _system, 20, home.SIDE, BOSS))


def _care(user: User) -> dict[str, Any]:
    return {"signs": system.backups(), "errors": system.errors()}


def _system(user: User) -> dict[str, Any]:
    """The parts, the queue, and what failed: the last costs a query only where there is any."""
    queue = system.queue()
    return {
        "checks": system.checks(),
        "hit_rate": system.hit_rate(),
        "statistics": statistics.ages(),
        "queue": queue,
        "count": queue.failed,
        "jobs": system.failed_jobs() if queue.failed else [],
    }


def _health() -> dict[str, Any]:
    return {"checks": system.checks(), "hit_rate": system.hit_rate()}


def _jobs() -> dict[str, Any]:
    """The queue and the newest jobs: 2 queries."""
    return {"queue": system.queue(), "jobs": system.newest_jobs()}
