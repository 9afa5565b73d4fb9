"""``manage.py remind``: what the clock does each morning, by hand or to look at."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications import reminders
from notifications.kinds import words_of
from notifications.services.remind import remind


class Command(BaseCommand):
    help = (
        "Remind people of what is due. Each reminder goes out once a day, however often this runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD instead of today")
        parser.add_argument("--dry-run", action="store_true", help="only show what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"] or timezone.localdate()
        if not options["dry_run"]:
            self.stdout.write(f"{remind(day)} reminders of {day}.")
            return
        for kind, reminder in reminders.due_on(day):
            people = reminder.recipients.people().count()
            title = words_of(kind, reminder.values).title
            self.stdout.write(f"{kind} {reminder.about} to {people}: {title}")
