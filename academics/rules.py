"""Who may do what with the faculty's structure: the only home of these permissions.

| act                                   | super admin, office | lecturer              | student  |
|---------------------------------------|---------------------|-----------------------|----------|
| see courses, rooms                    | all                 | all                   | all      |
| see classes and groups                | all                 | theirs; all groups    | theirs   |
| change anything, promote              | all                 | nothing               | nothing  |
| give or take a syllabus               | all                 | as coordinator        | nothing  |
| give or take materials                | all                 | as coordinator, team  | nothing  |

``kinds`` are the teaching roles that the person has in the offering.
"""

from collections.abc import Collection

from academics.choices import TeachingKind, TermKind
from academics.models import Term
from accounts.choices import Role
from accounts.models import User

STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})


def can_manage(user: User) -> bool:
    """Whether ``user`` creates, changes and deletes what the faculty is made of."""
    return user.role in STAFF


def can_see_terms(user: User) -> bool:
    return user.role in STAFF


def can_see_every_class(user: User) -> bool:
    return user.role in STAFF


def can_see_every_group(user: User) -> bool:
    return user.role in STAFF or user.role == Role.LECTURER


def leads_to(from_term: Term, to_term: Term) -> bool:
    """Whether students can be promoted from the one into the other at all."""
    is_short = TermKind.SHORT in {from_term.kind, to_term.kind}
    return not is_short and from_term.starts_on < to_term.starts_on


def can_see_numbers(user: User) -> bool:
    """Whether ``user`` sees the NIM and GPA of others."""
    return user.role in STAFF


def can_give_syllabus(user: User, kinds: Collection[str]) -> bool:
    return user.role in STAFF or TeachingKind.COORDINATOR in kinds


def can_give_materials(user: User, kinds: Collection[str]) -> bool:
    return user.role in STAFF or TeachingKind.COORDINATOR in kinds or TeachingKind.TEAM in kinds
