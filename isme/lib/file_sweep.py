"""Files that no row names, rows whose file is gone, and what broken uploads left behind.

A transaction that rolls back, or a process that is killed, leaves a file without a row: nobody
can fetch it, and it takes room. Younger than a day it may belong to a transaction under way.
"""

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from isme.lib.models import StoredFile

logger = logging.getLogger(__name__)

OLD_SECONDS = 24 * 60 * 60
SHOWN = 20
PREFIXES = [f"{number:02x}" for number in range(256)]


@dataclass
class Found:
    """Paths in the storage, ids of rows, and paths of temporary files; how many rows there are."""

    rows: int = 0
    unnamed: list[str] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    broken_uploads: list[Path] = field(default_factory=list)


def look() -> Found:
    """Compare storage and rows, one folder after the other: 257 queries, little memory."""
    found = Found(broken_uploads=list(_broken_uploads()))
    folders = listed("")[0]
    for prefix in sorted({*PREFIXES, *folders}):
        rows = dict(
            StoredFile.objects.filter(path__startswith=f"{prefix}/").values_list("path", "pk")
        )
        names = listed(prefix)[1] if prefix in folders else []
        there = {f"{prefix}/{name}" for name in names}
        found.rows += len(rows)
        # A row is written after its file, and its file deleted after it: look once more.
        found.missing += [pk for path, pk in rows.items() if path not in there and _gone(path, pk)]
        found.unnamed += [path for path in sorted(there - set(rows)) if _is_old(path)]
    return found


def sweep() -> Found:
    """Delete what nobody can reach; name in the log what is missing. Safe to repeat."""
    found = look()
    for path in found.unnamed:
        # Asked again: the row may have come while we looked at other folders.
        if not StoredFile.objects.filter(path=path).exists():
            default_storage.delete(path)
    for file in found.broken_uploads:
        file.unlink(missing_ok=True)
    if found.unnamed or found.broken_uploads:
        logger.info(
            "deleted %s files without a row, %s of broken uploads",
            len(found.unnamed),
            len(found.broken_uploads),
        )
    if found.missing:
        logger.error(
            "%s stored files are missing, of rows %s", len(found.missing), found.missing[:SHOWN]
        )
    return found


def listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in ``folder`` of the storage. Raises StoreAway: silence isn't "nothing"."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _gone(path: str, pk: int) -> bool:
    return not default_storage.exists(path) and StoredFile.objects.filter(pk=pk).exists()


def _is_old(path: str) -> bool:
    try:
        changed = default_storage.get_modified_time(path)
    except FileNotFoundError:
        return False
    return time.time() - changed.timestamp() > OLD_SECONDS


def _broken_uploads() -> Iterator[Path]:
    """Django's own temporary files (tmp*.upload*) of this user, left by killed processes."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    for file in folder.glob("tmp*.upload*"):
        try:
            facts = file.lstat()
        except FileNotFoundError:
            continue
        if facts.st_uid == os.getuid() and time.time() - facts.st_mtime > OLD_SECONDS:
            yield file
