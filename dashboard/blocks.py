"""The blocks that the dashboard itself offers: how the system is, for super admins."""

from dataclasses import dataclass
from typing import Any

from accounts.choices import Role
from accounts.models import User
from dashboard.selectors import system
from isme.lib import backup, desk, home, statistics
from isme.lib.desk import Panel
from isme.lib.health import Check
from isme.lib.home import Block

BOSS = frozenset({Role.SUPER_ADMIN.value})
FOLDER = "dashboard/blocks"
COMMANDS = {backup.MADE: "backup", backup.DRILLED: "backup_drill"}  # by the name of a sign


def offer() -> None:
    """Put the blocks into the registry."""
    home.add(Block("alarm", f"{FOLDER}/_alarm.html", _alarm, 5, home.TOP, BOSS))
    home.add(Block("care", f"{FOLDER}/_care.html", _care, 15, home.SIDE, BOSS))
    desk.add(Panel("health", "admin/panels/health.html", _health, 10))
    desk.add(Panel("jobs", "admin/panels/jobs.html", _jobs, 30))
    home.add(Block("system", f"{FOLDER}/_system.html", _system, 20, home.SIDE, BOSS))


@dataclass(frozen=True)
class Standing:
    """What several blocks of a page show of the system: 4 queries, 2 exchanges."""

    signs: list[system.Sign]
    checks: list[Check]
    queue: system.Queue


def _standing(user: User) -> Standing:
    """Asked once for all blocks of a page: ``user`` lives as long as the page is made."""
    known: Standing | None = vars(user).get("_standing")
    if known is None:
        known = Standing(system.backups(), system.checks(), system.queue())
        vars(user)["_standing"] = known
    return known


def _alarm(user: User) -> dict[str, Any] | None:
    """What fails, is overdue or gave up; None where all is well. On a phone the rest stands last."""
    known = _standing(user)
    late = [sign for sign in known.signs if not sign.ok]
    down = [check for check in known.checks if not check.ok]
    failed = known.queue.failed
    if not (late or down or failed):
        return None
    commands = [f"manage.py {COMMANDS[sign.name]}" for sign in late]
    commands += ["manage.py check_services"] if down else []
    return {"late": late, "down": down, "failed": failed, "commands": commands}


def _care(user: User) -> dict[str, Any]:
    return {"signs": _standing(user).signs, "errors": system.errors()}


def _system(user: User) -> dict[str, Any]:
    """The parts, the queue, and what failed: the last costs a query only where there is any."""
    known = _standing(user)
    return {
        "checks": known.checks,
        "hit_rate": system.hit_rate(),
        "statistics": statistics.ages(),
        "queue": known.queue,
        "count": known.queue.failed,
        "jobs": system.failed_jobs() if known.queue.failed else [],
    }


def _health() -> dict[str, Any]:
    return {"checks": system.checks(), "hit_rate": system.hit_rate()}


def _jobs() -> dict[str, Any]:
    """The queue and the newest jobs: 2 queries."""
    return {"queue": system.queue(), "jobs": system.newest_jobs()}
