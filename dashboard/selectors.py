from typing import Any

from accounts.choices import Role
from accounts.models import User
from accounts.selectors.people import own_profile, people_by_role, students_by_level


def home_facts(user: User) -> dict[str, Any]:
    """What the home page of ``user`` shows: 1 query for staff of the office, 2 for others."""
    if user.role in {Role.SUPER_ADMIN, Role.OFFICE}:
        return {"people": people_by_role(), "levels": students_by_level()}
    return own_profile(user)
