"""Who may import what (domain, section 22)."""

from typing import Any

from academics.imports.choices import ImportKind
from accounts.choices import Role

OFFICE = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
BOSS_ONLY = frozenset({ImportKind.STAFF.value})


def can_import_anything(user: Any) -> bool:
    return bool(user.is_authenticated and user.role in OFFICE)


def can_import(user: Any, kind: str) -> bool:
    """Staff accounts are a super admin's business, everything else the office's too."""
    if not can_import_anything(user):
        return False
    return kind not in BOSS_ONLY or bool(user.role == Role.SUPER_ADMIN)


def needs_proof(kind: str) -> bool:
    """Whether who saves it must prove again who they are: what it makes has rights of the staff."""
    return kind in BOSS_ONLY


def kinds_of(user: Any) -> list[str]:
    """The names of the kinds that ``user`` may import and see."""
    return [kind for kind in ImportKind.values if can_import(user, kind)]
