"""Copying stored files from where they lay to where STORAGE_URL says; safe to repeat."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from django.core.files import File
from django.core.files.storage import Storage

from isme.lib.models import StoredFile
from isme.lib.storage import CHUNK_BYTES

IN_MEMORY = 2 * 1024 * 1024
TOLD_EACH = 100  # files


@dataclass
class Moved:
    """Numbers of files, and the rows of those that could not be copied."""

    rows: int = 0
    copied: int = 0
    missing: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.damaged


def move(source: Storage, target: Storage, say: Callable[[str], None]) -> Moved:
    """Copy each file that a row names and ``target`` lacks, and read back what was copied.

    The source keeps its files. A file whose content is not what its row says is not copied.
    Raises StoreAway.
    """
    moved = Moved()
    total = StoredFile.objects.count()
    for stored in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        moved.rows += 1
        if not _is_there(target, stored):
            _copy(stored, source, target, moved)
        if moved.rows % TOLD_EACH == 0:
            say(f"{moved.rows} of {total} files, {moved.copied} copied ...")
    return moved


def _is_there(target: Storage, stored: StoredFile) -> bool:
    if not target.exists(stored.path):
        return False
    if target.size(stored.path) == stored.size:
        return True
    target.delete(stored.path)  # half of it, from a run that was killed
    return False


def _copy(stored: StoredFile, source: Storage, target: Storage, moved: Moved) -> None:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        try:
            with source.open(stored.path) as file:
                digest = _copied(file, content)
        except FileNotFoundError:
            if StoredFile.objects.filter(pk=stored.pk).exists():  # else it was deleted meanwhile
                moved.missing.append(stored.pk)
            return
        if digest == stored.sha256:
            content.seek(0)
            target.save(stored.path, File(content))
            with target.open(stored.path) as file:
                digest = _copied(file, None)
    if digest == stored.sha256:
        moved.copied += 1
    else:
        moved.damaged.append(stored.pk)


def _copied(file: File, to: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        if to is not None:
            to.write(chunk)
    return digest.hexdigest()
