"""The blocks that accounts offer to home pages."""

from typing import Any

from accounts.choices import Role
from accounts.models import User
from accounts.selectors.people import own_profile, people_by_role, students_by_level
from accounts.services.accounts import PEOPLE
from isme.lib import home
from isme.lib.home import Block

STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
OTHERS = frozenset({Role.LECTURER.value, Role.STUDENT.value})
FOLDER = "accounts/home"


def offer() -> None:
    """Put the blocks into the registry."""
    seen = (PEOPLE,)
    home.add(Block("people", f"{FOLDER}/_people.html", _people, 300, home.MAIN, STAFF, seen))
    home.add(Block("levels", f"{FOLDER}/_levels.html", _levels, 310, home.MAIN, STAFF, seen))
    home.add(Block("about", f"{FOLDER}/_about.html", own_profile, 900, home.SIDE, OTHERS, seen))
    home.add(Block("device", f"{FOLDER}/_device.html", _device, 950, home.SIDE))


def _people(user: User) -> dict[str, Any]:
    return {"people": people_by_role()}


def _levels(user: User) -> dict[str, Any]:
    return {"levels": students_by_level()}


def _device(user: User) -> dict[str, Any]:
    return {}  # the page knows the session
