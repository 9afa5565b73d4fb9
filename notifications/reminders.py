"""What people are reminded of: each app registers what it knows in ``AppConfig.ready``.

A reminder is sent once for each kind, object and day, whatever happens: its notice has that key.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from notifications.audiences import Audience


@dataclass(frozen=True)
class Reminder:
    """One thing that somebody should be reminded of today; ``about`` as in ``notify``."""

    about: str
    recipients: Audience
    values: dict[str, Any] = field(default_factory=dict)


Due = Callable[[date], Iterable[Reminder]]
_due: dict[str, Due] = {}


def register(kind: str, due: Due) -> None:
    """Ask ``due`` each day for the reminders of ``kind``, a kind of notice; again replaces it."""
    _due[kind] = due


def due_on(day: date) -> Iterable[tuple[str, Reminder]]:
    """Every reminder of ``day`` with its kind. Queries: those of the apps."""
    for kind, due in _due.items():
        for reminder in due(day):
            yield kind, reminder
