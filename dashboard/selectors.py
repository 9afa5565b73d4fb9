from typing import Any

from accounts.choices import Role
from accounts.models import User
from accounts.selectors.people import own_profile, people_by_role, students_by_level
from accounts.services.accounts import PEOPLE
from isme.lib.caching import cached

OFFICE_FRESH_SECONDS, OFFICE_KEPT_SECONDS = 60, 3600


def home_facts(user: User) -> dict[str, Any]:
    """What the home page of ``user`` shows.

    The office's is the same for all of it: 1 exchange, and 2 queries when somebody changed. For
    others 1 query, 2 for students and lecturers.
    """
    if user.role in {Role.SUPER_ADMIN, Role.OFFICE}:
        return _office_facts()
    return own_profile(user)


def _office_facts() -> dict[str, Any]:
    facts = cached(
        "dashboard.office",
        versions=[PEOPLE],
        soft=OFFICE_FRESH_SECONDS,
        hard=OFFICE_KEPT_SECONDS,
        compute=lambda: {"people": people_by_role(), "levels": students_by_level()},
    )
    # The names of roles differ with the language, so they aren't kept.
    nobody = {"people": 0, "waiting": 0}
    rows = [{"label": role.label, **nobody, **facts["people"].get(role, {})} for role in Role]
    return {"people": rows, "levels": facts["levels"]}
