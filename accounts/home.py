"""The blocks that accounts offer to home pages."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Role
from accounts.models import User
from accounts.pictures import SIGN_INS
from accounts.selectors.audit import newest_events
from accounts.selectors.people import faculty_people, own_profile
from accounts.services.accounts import PEOPLE
from accounts.session import presence
from isme.lib import charts, home, metrics, statistics
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
CHART = "components/charts/chart.html"
FRESH_SECONDS, KEPT_SECONDS = 60, 3600
KEPT_AS = "accounts.people"


def offer() -> None:
    """Put the blocks and their statistics into the registries."""
    statistics.add(KEPT_AS, gettext_lazy("People"))
    seen = (PEOPLE,)
    home.add(Block("people", f"{FOLDER}/_people.html", _people, 300, home.MAIN, STAFF, seen))
    home.add(Block("levels", f"{FOLDER}/_levels.html", _levels, 310, home.MAIN, STAFF, seen))
    home.add(Block("sign_ins", CHART, _sign_ins, 320, home.MAIN, STAFF))
    home.add(Block("online", f"{FOLDER}/_online.html", _online, 10, home.SIDE, BOSS))
    home.add(Block("audit", f"{FOLDER}/_audit.html", _audit, 40, home.SIDE, BOSS))
    about = Block("about", f"{FOLDER}/_about.html", own_profile, 900, home.SIDE, OTHERS, seen)
    home.add(replace(about, lasts=home.LASTING))
    metrics.at_scrape(ONLINE)
    # Another sign-in makes the whole page anew.
    home.add(
        Block("device", f"{FOLDER}/_device.html", _device, 950, home.SIDE, lasts=home.LASTING)
    )


def _people(user: User) -> dict[str, Any]:
    counted = _faculty()["roles"]
    # The names of roles differ with the language, so they aren't kept.
    nobody = {"people": 0, "waiting": 0}
    return {"people": [{"label": role.label, **nobody, **counted.get(role, {})} for role in Role]}


def _online(user: User) -> dict[str, Any]:
    """Who is on, as of the page's last minute: 1 query, 1 exchange."""
    return {"online": len(presence.online())}


def _audit(user: User) -> dict[str, Any]:
    return {"events": newest_events()}


def _levels(user: User) -> dict[str, Any]:
    rows = _faculty()["levels"]
    values = [(_("Level %(level)s") % {"level": level}, people) for level, people in rows]
    return {"levels": charts.bars(values)}


def _sign_ins(user: User) -> dict[str, Any]:
    return SIGN_INS.context()


def _faculty() -> dict[str, Any]:
    """What all of the office sees alike: 1 exchange, and 1 query when somebody changed."""
    found: dict[str, Any] = cached(
        KEPT_AS, soft=FRESH_SECONDS, hard=KEPT_SECONDS, compute=faculty_people, versions=[PEOPLE]
    )
    return found


def _device(user: User) -> dict[str, Any]:
    return {}  # the page knows the session
