"""The blocks that the dashboard itself offers: how the system is, for super admins."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from dashboard.selectors import system
from isme.lib import home, statistics
from isme.lib.home import Block

BOSS = frozenset({Role.SUPER_ADMIN.value})
FOLDER = "dashboard/blocks"


def offer() -> None:
    """Put the blocks into the registry."""
    home.add(Block("care", f"{FOLDER}/_care.html", _care, 15, home.SIDE, BOSS))
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
