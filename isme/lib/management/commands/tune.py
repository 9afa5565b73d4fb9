import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from isme.lib import tuning
from isme.lib.redis import RedisAway


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


class Command(BaseCommand):
    help = (
        "Print the settings that fit this machine's cores and memory, and where each is set."
        " Changes nothing. --check compares them with what runs: exit 1 if any differs."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--cores", type=_at_least_one, help="of another machine")
        parser.add_argument("--memory", type=_at_least_one, metavar="MIB", help="of another one")
        parser.add_argument("--check", action="store_true", help="compare with what runs now")

    def handle(self, *args: Any, **options: Any) -> None:
        cores = options["cores"] or tuning.cores()
        memory = options["memory"] or tuning.memory_mib()
        advice = tuning.advise(cores, memory)
        if options["check"]:
            try:
                advice = tuning.with_actual(advice)
            except (RedisAway, DatabaseError) as error:
                raise CommandError(f"A part does not answer: {error}", returncode=2) from error
        self.stdout.write(f"{cores} cores, {memory} MiB")
        for each in advice:
            now = f"  now {each.actual}" if each.differs else ""
            self.stdout.write(f"{each.name:<32} {each.value:>6}  {each.place}{now}")
        if any(each.differs for each in advice):
            sys.exit(1)
