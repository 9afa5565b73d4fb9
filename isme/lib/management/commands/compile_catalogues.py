import os
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compile the translations (.po to .mo) that changed. Needs no gettext programs."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        sources = sorted(Path(settings.BASE_DIR).glob("*/locale/*/LC_MESSAGES/*.po"))
        for source in sources:
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            _compile(source, target)
            self.stdout.write(f"compiled {source}")


def _compile(source: Path, target: Path) -> None:
    """Write ``target`` whole or not at all. Raises CommandError for a broken catalogue."""
    try:
        catalogue = polib.pofile(str(source))
    except (OSError, ValueError) as error:
        raise CommandError(f"{source} can't be read: {error}") from error
    draft = target.with_suffix(f".mo.{os.getpid()}")
    catalogue.save_as_mofile(str(draft))
    draft.replace(target)
