import argparse
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from isme import storage_url
from isme.lib import file_move
from isme.lib.file_sweep import SHOWN
from isme.lib.outage import StoreAway
from isme.lib.storage import Store, store

FOLDER = Path(settings.VAR) / "media"


class Command(BaseCommand):
    help = (
        "Copy the stored files that are missing where STORAGE_URL says from where they lay before,"
        " and compare each with its row's SHA-256. Nothing is deleted; run it again at any time."
        " Exit 1: a file is missing or damaged there too, or the store is away."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--from",
            dest="source",
            metavar="WHERE",
            default="",
            help="file:///folder (default: the folder that is used without STORAGE_URL), or the"
            " name of a variable that holds such an address: one of a bucket has a secret",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = _storage(options["source"])
        if _where(source) == store().where:
            raise CommandError(f"STORAGE_URL names {store().where} itself: set where to first.")
        self.stdout.write(f"from {_where(source)} to {store().where}")
        try:
            moved = file_move.move(source, default_storage, self.stdout.write)
        except StoreAway as error:
            raise CommandError(f"The store is away, run it again later: {error}") from error
        self.stdout.write(f"{moved.rows} stored files, {moved.copied} copied")
        for pks, what in ((moved.missing, "missing"), (moved.damaged, "damaged")):
            if pks:
                shown = ", ".join(map(str, pks[:SHOWN]))
                self.stdout.write(self.style.ERROR(f"{len(pks)} are {what}, of rows {shown}"))
        if not moved.is_whole:
            sys.exit(1)


def _storage(where: str) -> Storage:
    url = where if where.startswith("file:") else os.environ.get(where, "")
    if where and not url:
        raise CommandError(f"{where} is no file:///folder and no variable that holds an address.")
    try:
        entry = storage_url.parse(url, folder=FOLDER, private=not settings.LOCAL).entry
    except storage_url.BadStorage as wrong:
        raise CommandError(f"{where} {wrong}") from None
    made: Storage = import_string(entry["BACKEND"])(**entry["OPTIONS"])
    return made


def _where(storage: Any) -> str:
    known: Store = storage
    return known.where
