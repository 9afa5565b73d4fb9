"""The words in the rows of the list of people: each said once for a page, not once for a row."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.choices import MainRole, Role
from accounts.models import User

MOST_NOTE = 40


def attach_words(rows: Sequence[User]) -> None:
    """Give each person ``role_name``, ``task``, ``status_badge`` and ``choose_label``. No query."""
    roles = {value: str(label) for value, label in Role.choices}
    main_roles = {value: str(label) for value, label in MainRole.choices}
    choose, level = _("Choose %(name)s"), _("Level %(level)s")
    badges: dict[tuple[bool, bool], str] = {}
    for user in rows:
        person: Any = user
        person.role_name = roles[user.role]
        person.choose_label = choose % {"name": user.name}
        student = getattr(user, "student_profile", None)
        lecturer = getattr(user, "lecturer_profile", None)
        if user.role == Role.STUDENT and student is not None:
            person.task = level % {"level": student.level}
        elif user.role == Role.LECTURER and lecturer is not None:
            person.task = main_roles[lecturer.main_role]
        else:
            person.task = _short(user.note)
        session = getattr(user, "sign_in_session", None)
        state = (user.is_active, session is not None and session.started_at is not None)
        if state not in badges:
            badges[state] = render_to_string("accounts/_account_status.html", {"person": user})
        person.status_badge = badges[state]


def _short(note: str) -> str:
    return note if len(note) <= MOST_NOTE else note[: MOST_NOTE - 1] + "…"
