import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from isme.lib import backup
from isme.lib.backup_database import BackupFailed


class Command(BaseCommand):
    help = (
        "Make a backup (or take that in --dir), restore it into a scratch database and compare."
        " The scratch database is dropped again. Exit 1: the backup could not be restored."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, help="drill this backup instead of a new one")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            manifest = backup.drill(self.stdout.write, options["dir"])
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - started
        files = f"{manifest['media_files']} files"
        if "media_found" in manifest:
            files = f"{manifest['media_found']} files are in {manifest['media_kept_by']}"
        self.stdout.write(
            self.style.SUCCESS("Restored and equal: ") + f"database, {files} ({seconds:.1f} s)"
        )
