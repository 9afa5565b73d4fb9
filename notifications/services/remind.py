"""Reminding people, once a day for each thing."""

from datetime import date

from notifications import reminders
from notifications.services.notify import notify

REMIND = "notifications.remind"
FROM_HOUR = 6  # local time


def remind(day: date) -> int:
    """Tell what is due on ``day``; return how many reminders. Doing it again tells nobody."""
    number = 0
    for kind, reminder in reminders.due_on(day):
        notify(
            kind,
            recipients=reminder.recipients,
            about=reminder.about,
            by=None,
            key=f"{kind}|{reminder.about}|{day}",
            **reminder.values,
        )
        number += 1
    return number
