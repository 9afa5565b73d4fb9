"""The blocks that accounts offer to home pages."""

from collections.abc import Callable
from typing import Any

from accounts.choices import Role
from accounts.models import User
from accounts.selectors.audit import newest_events
from accounts.selectors.people import own_profile, people_by_role, students_by_level
from accounts.services.accounts import PEOPLE
from accounts.session import presence
from isme.lib import home, metrics
from isme.lib.caching import cached
from isme.lib.home import Block
from isme.lib.metrics import AtScrape

STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
OTHERS = frozenset({Role.LECTURER.value, Role.STUDENT.value})
BOSS = frozenset({Role.SUPER_ADMIN.value})
FOLDER = "accounts/home"
ONLINE = AtScrape(
    "isme_people_active", "People seen lately.", lambda: {"": float(len(presence.online()))}
)
FRESH_SECONDS, KEPT_SECONDS = 60, 3600


def offer() -> None:
    """Put the blocks into the registry."""
    seen = (PEOPLE,)
    home.add(Block("people", f"{FOLDER}/_people.html", _people, 300, home.MAIN, STAFF, seen))
    home.add(Block("levels", f"{FOLDER}/_levels.html", _levels, 310, home.MAIN, STAFF, seen))
    home.add(Block("online", f"{FOLDER}/_online.html", _online, 10, home.SIDE, BOSS))
    home.add(Block("audit", f"{FOLDER}/_audit.html", _audit, 40, home.SIDE, BOSS))
    home.add(Block("about", f"{FOLDER}/_about.html", own_profile, 900, home.SIDE, OTHERS, seen))
    metrics.at_scrape(ONLINE)
    home.add(Block("device", f"{FOLDER}/_device.html", _device, 950, home.SIDE))


def _people(user: User) -> dict[str, Any]:
    counted = _shared("accounts.people_by_role", people_by_role)
    # The names of roles differ with the language, so they aren't kept.
    nobody = {"people": 0, "waiting": 0}
    return {"people": [{"label": role.label, **nobody, **counted.get(role, {})} for role in Role]}


def _online(user: User) -> dict[str, Any]:
    """Who is on, as of the page's last minute: 1 query, 1 exchange."""
    return {"online": len(presence.online())}


def _audit(user: User) -> dict[str, Any]:
    return {"events": newest_events()}


def _levels(user: User) -> dict[str, Any]:
    return {"levels": _shared("accounts.students_by_level", students_by_level)}


def _shared(name: str, compute: Callable[[], Any]) -> Any:
    """What all of the office sees alike: 1 exchange, and 1 query when somebody changed."""
    return cached(name, soft=FRESH_SECONDS, hard=KEPT_SECONDS, compute=compute, versions=[PEOPLE])


def _device(user: User) -> dict[str, Any]:
    return {}  # the page knows the session
