"""Stored files that no backup copies, because they lie in a bucket: whether each is still there."""

from collections.abc import Callable, Iterable

from django.core.files.storage import default_storage

from isme.lib import backup_database, file_sweep
from isme.lib.backup_database import BackupFailed
from isme.lib.models import StoredFile
from isme.lib.storage import store

Rows = Iterable[tuple[int, str]]


def kept_by() -> str:
    """Who keeps the files instead of the backup; "" for a folder, which is packed."""
    return "" if store().is_folder else f"{store().where} (versioning: {store().versioning()})"


def say_kept(where: str, say: Callable[[str], None]) -> None:
    say(f"files: not copied, they stay in {where}")
    if where and "versioning: on" not in where:
        say("WARNING: only a bucket with versioning on brings back a file that was deleted.")


def check_drilled(database: str, say: Callable[[str], None]) -> int:
    """Look for the object of each row in ``database``; how many there are.

    Raises BackupFailed for one that is gone although the living database names it too.
    """
    rows = backup_database.stored_files(database)
    absent = _absent(rows)
    living = StoredFile.objects.values_list("pk", flat=True) if absent else ()
    if needed := absent.keys() & set(living):
        raise BackupFailed(_missing(needed))
    if absent:
        say(f"{len(absent)} files were deleted since: only the bucket's versions have them.")
    return len(rows) - len(absent)


def say_restored(say: Callable[[str], None]) -> None:
    """Name the rows of the restored database whose files have to be brought back."""
    absent = _absent(backup_database.stored_files())
    if absent:
        say(f"WARNING: {_missing(absent)} Bring them back from the bucket's versions, or with")
        say("move_files from the folder where they are; check_files says when none is missing.")


def _missing(pks: Iterable[int]) -> str:
    shown = ", ".join(map(str, sorted(pks)[: file_sweep.SHOWN]))
    return f"{len(list(pks))} stored files are missing in {store().where}, of rows {shown}."


def _absent(rows: Rows) -> dict[int, str]:
    """Those whose object is not there: a listing for each folder, and a look at each suspect."""
    folders: dict[str, set[str]] = {}
    absent = {}
    for pk, path in rows:
        folder, _slash, name = path.partition("/")
        if folder not in folders:
            folders[folder] = set(file_sweep.listed(folder)[1])
        if name not in folders[folder] and not default_storage.exists(path):
            absent[pk] = path
    return absent
