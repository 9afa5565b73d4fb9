"""Who may see what the dashboard gathers (domain, section 22)."""

from accounts.choices import Role
from accounts.models import User

STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})


def can_see_reports(user: User) -> bool:
    return user.role in STAFF
