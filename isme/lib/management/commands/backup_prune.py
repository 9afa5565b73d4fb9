import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from isme.lib import backup_retention
from isme.lib.backup_database import BackupFailed


def _from_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(text)


class Command(BaseCommand):
    help = (
        "Delete from DIR the backups that are superfluous, and from DIR/logs the binary logs that"
        " no backup of a kept night needs. Kept are the last backup of each of the last nights and"
        " weeks that have one, and always the last that was restored on trial."
        " Exit 1: none was restored on trial, and nothing is deleted."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")
        nights, weeks = backup_retention.NIGHTS, backup_retention.WEEKS
        parser.add_argument("--nights", type=_from_one, default=nights, help=f"{nights}")
        parser.add_argument("--weeks", type=_from_one, default=weeks, help=f"{weeks}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = backup_retention.prune(
                options["dir"],
                self.stdout.write,
                nights=options["nights"],
                weeks=options["weeks"],
            )
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} backups deleted from {options['dir']}")
