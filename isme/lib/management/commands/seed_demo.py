"""``manage.py seed_demo``: a whole believable faculty, for trying things out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from isme.lib import hooks


class Command(BaseCommand):
    help = "Fill the database with a demo faculty. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--students", type=int, default=1000)
        parser.add_argument("--lecturers", type=int, default=100)
        parser.add_argument("--seed", type=int, default=2026)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo accounts share a known password: set DEMO=1 to allow them.")
        plan = hooks.DemoPlan(options["students"], options["lecturers"], options["seed"])
        hooks.seed_demo(plan)
        self.stdout.write(
            f"The demo faculty is there: {plan.students} students, {plan.lecturers} lecturers."
        )
