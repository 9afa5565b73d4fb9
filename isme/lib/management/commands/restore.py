import argparse
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from isme.lib import backup
from isme.lib.backup_database import BackupFailed


def moment(text: str) -> datetime:
    """Read a date and time; without a zone it is the faculty's."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise argparse.ArgumentTypeError("write it as 2026-11-25T08:15:00")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(BaseCommand):
    help = (
        "Restore the backup in DIR into an empty database and an empty media folder."
        " Refuses if either holds anything, or if the backup is not whole. Exit 1: not restored."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument("--logs", type=Path, help="folder of binary logs to repeat after it")
        parser.add_argument(
            "--until",
            type=moment,
            metavar="TIME",
            help="repeat up to here only; without a zone (+07:00) it is the faculty's time",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["until"] and not options["logs"]:
            raise CommandError("--until needs --logs.")
        started = time.monotonic()
        try:
            manifest = backup.restore(
                options["dir"], self.stdout.write, logs=options["logs"], until=options["until"]
            )
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - started
        self.stdout.write(f"The backup of {manifest['made_at']} is restored ({seconds:.1f} s).")
        if options["until"]:
            until = timezone.localtime(options["until"])
            self.stdout.write(
                f"What came after it is repeated up to {until:%Y-%m-%d %H:%M:%S %Z}."
            )
        if options["logs"]:
            self.stdout.write("Its repeated part is in no binary log: make a new backup now.")
        self.stdout.write(
            "Next: manage.py migrate, audit_verify, clear_cache, check_services, check_files."
        )
