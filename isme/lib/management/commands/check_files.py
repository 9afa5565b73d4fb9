import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from isme.lib import file_sweep
from isme.lib.outage import StoreAway


class Command(BaseCommand):
    help = (
        "Compare stored files with their rows; exit 1 if a file is missing. Beat deletes what no "
        "row names once a day; --delete does it now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--delete", action="store_true", help="delete what nobody can reach")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = file_sweep.sweep() if options["delete"] else file_sweep.look()
        except StoreAway as error:
            raise CommandError(f"The store is away, nothing is known: {error}") from error
        done = "deleted" if options["delete"] else "found"
        self.stdout.write(f"{found.rows} stored files")
        self.stdout.write(f"{len(found.unnamed)} files without a row {done}")
        self.stdout.write(f"{len(found.broken_uploads)} files of broken uploads {done}")
        for path in [*found.unnamed, *found.broken_uploads][: file_sweep.SHOWN]:
            self.stdout.write(f"  {path}")
        if found.missing:
            shown = ", ".join(map(str, found.missing[: file_sweep.SHOWN]))
            self.stdout.write(
                self.style.ERROR(f"{len(found.missing)} files are missing, of rows {shown}")
            )
            sys.exit(1)
