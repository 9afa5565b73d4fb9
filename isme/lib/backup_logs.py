"""Binary logs: copied every 4 minutes, and repeated by a restore to a moment."""

import io
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from isme.lib import backup_database, room
from isme.lib.backup_database import BackupFailed
from isme.lib.backup_seal import COPY_BYTES, Damaged, SealedReader, sealed, sealed_size
from isme.lib.health import beat_heart

COPIED = "backup logs"  # a sign of life
SUFFIX = ".sealed"
TORN = ".torn"  # beside a copy that is shorter than the log, whose last event is half an event


def number(name: str) -> int:
    """Of a log: ``isme-bin.000042`` is the 42nd. Sorted as text, the millionth comes too early."""
    return int(name.rsplit(".", 1)[1])


def copied(folder: Path) -> dict[str, Path]:
    """Every log in ``folder`` by its name, oldest first."""
    found = {path.name.removesuffix(SUFFIX): path for path in folder.glob(f"*.*{SUFFIX}")}
    return dict(sorted(found.items(), key=lambda pair: number(pair[0])))


def copy(folder: Path) -> list[str]:
    """Copy the binary logs that ``folder`` lacks, sealed; give their names.

    Those older than its oldest were deleted there on purpose. Raises BackupFailed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there, fresh = copied(folder), []
    logs = backup_database.closed_logs()
    _need_same_server(there, logs)
    oldest = min(map(number, there), default=0)
    for name, size in logs.items():
        if name not in there and number(name) > oldest:
            _copy(name, size, folder)
            fresh.append(name)
    beat_heart(COPIED)
    return fresh


def _need_same_server(there: dict[str, Path], logs: dict[str, int]) -> None:
    """A new server counts from 1 again: its logs would be taken for those that are there."""
    for name, path in there.items():
        if name not in logs or path.with_suffix(TORN).exists():
            continue
        if path.stat().st_size != sealed_size(logs[name]):
            raise BackupFailed(
                f"{path} is of another server or another time: move {path.parent} away."
            )


def _copy(name: str, size: int, folder: Path) -> None:
    path = folder / f"{name}{SUFFIX}"
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, torn = backup_database.fetch_log(name, scratch)
        if torn:
            path.with_suffix(TORN).touch()
        elif plain.stat().st_size != size:
            raise BackupFailed(f"{name} has {size} bytes, {plain.stat().st_size} arrived.")
        with plain.open("rb") as source, sealed(part, leave=room.FOR_LOGS) as target:
            shutil.copyfileobj(source, target, COPY_BYTES)
    part.replace(path)


def replay(manifest: dict[str, Any], folder: Path, until: datetime | None) -> None:
    """Repeat what came after the backup of ``manifest``. Raises BackupFailed."""
    first = manifest["binlog"]["file"]
    there = copied(folder)
    if first not in there:
        raise BackupFailed(f"{folder} lacks the binary log {first}.")
    names = [name for name in there if number(name) >= number(first)]
    if number(names[-1]) - number(first) != len(names) - 1:
        raise BackupFailed(f"{folder} lacks a binary log between {first} and {names[-1]}.")
    with tempfile.TemporaryDirectory() as scratch:
        plain = [_unseal(there[name], Path(scratch) / name) for name in names]
        start = manifest["binlog"]["position"]
        backup_database.replay(plain, start=start, database=manifest["database"], until=until)


def _unseal(path: Path, plain: Path) -> Path:
    with path.open("rb") as source, plain.open("wb") as target:
        try:
            shutil.copyfileobj(io.BufferedReader(SealedReader(source)), target, COPY_BYTES)
        except Damaged as error:
            raise BackupFailed(f"{path.name}: {error}") from error
    return plain
