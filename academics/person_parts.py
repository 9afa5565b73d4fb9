"""What academics show of a person beside the account: what they know, teach and where they sit."""

from typing import Any

from academics import rules
from academics.selectors import expertise, students
from academics.views.seen import profile_seen
from accounts import person_parts
from accounts.choices import Role
from accounts.models import User
from accounts.person_parts import PersonPart
from isme.lib import hooks


def offer() -> None:
    """Put the cards into the registry, and notice when somebody sees their own."""
    hooks.profile_seen.register(profile_seen)
    person_parts.add(PersonPart("knows", "academics/_person_knows.html", _knows))
    person_parts.add(PersonPart("studies", "academics/_person_studies.html", _studies))


def _knows(viewer: User, person: User) -> dict[str, Any] | None:
    """Of a lecturer: 2 queries."""
    if person.role != Role.LECTURER:
        return None
    card = expertise.lecturer_card(person.pk)
    return {**card, "person_id": person.pk, "can_manage": rules.can_manage(viewer)}


def _studies(viewer: User, person: User) -> dict[str, Any] | None:
    """Of a student: 2 queries."""
    if person.role != Role.STUDENT:
        return None
    card = students.student_card(person.pk)
    if card is None:
        return None
    return {**card, "is_self": viewer.pk == person.pk, "can_manage": rules.can_manage(viewer)}
