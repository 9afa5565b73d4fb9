"""Which backups stay: the last of each of so many nights and weeks, and never the last good one.

Counted, not by age: when backups stop coming, nothing is deleted any more. Only folders that hold
nothing but a backup of ours are touched.
"""

import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from isme.lib import backup_logs
from isme.lib.backup import DATABASE, MANIFEST, MEDIA, TRIED, UNFINISHED, Say, signature
from isme.lib.backup_database import BackupFailed

NIGHTS, WEEKS = 14, 8
FILES = (MANIFEST, UNFINISHED, DATABASE, MEDIA, TRIED)  # a manifest goes first
UNFINISHED_FOR = timedelta(days=1)  # from then on nobody is writing it any more


@dataclass(frozen=True)
class Backup:
    """A finished one, its manifest genuine."""

    folder: Path
    made_at: datetime
    log: str  # where its binary log goes on; empty without one
    good: bool  # restored on trial and found equal


def prune(root: Path, say: Say, *, nights: int = NIGHTS, weeks: int = WEEKS) -> int:
    """Delete what is superfluous in ``root`` and in its ``logs``; how many backups that were.

    Raises BackupFailed, before anything is deleted, if no backup was restored on trial.
    """
    there = sorted(_finished(root), key=lambda one: one.made_at, reverse=True)
    good = [one for one in there if one.good]
    if not good:
        raise BackupFailed(f"No backup in {root} was restored on trial: nothing is deleted.")
    nightly = [*_newest_of_each(there, lambda when: when.date(), nights), good[0]]
    weekly = _newest_of_each(there, lambda when: when.isocalendar()[:2], weeks)
    gone = [one.folder for one in there if one not in nightly and one not in weekly]
    gone += _broken_off(root)
    for folder in gone:
        say(f"{folder.name} ...")
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
    _prune_logs(root / "logs", {one.log for one in nightly} - {""})
    return len(gone)


def _newest_of_each(
    newest_first: Iterable[Backup], part: Callable[[datetime], object], count: int
) -> list[Backup]:
    """The newest of each of the last ``count`` days or weeks that have one; rather a good one."""
    found: dict[object, Backup] = {}
    for one in newest_first:
        when = part(timezone.localtime(one.made_at))
        if when not in found or (one.good and not found[when].good):
            found[when] = one
    return list(found.values())[:count]


def _ours(root: Path) -> list[Path]:
    """Folders of ``root`` in which a backup was begun, and in which nothing else lies."""
    folders = [path for path in root.iterdir() if path.is_dir() and not path.is_symlink()]
    return [
        folder
        for folder in folders
        if (names := {path.name for path in folder.iterdir()}) & {DATABASE, MANIFEST}
        and names <= {*FILES}
    ]


def _finished(root: Path) -> list[Backup]:
    found = []
    for folder in _ours(root):
        try:
            manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        except (OSError, ValueError):
            continue
        if hmac.compare_digest(str(manifest.get("seal")), signature(manifest)):
            when = datetime.fromisoformat(manifest["made_at"])
            log = (manifest["binlog"] or {}).get("file", "")
            found.append(Backup(folder, when, log, (folder / TRIED).exists()))
    return found


def _broken_off(root: Path) -> list[Path]:
    """Begun and never finished, or half deleted: without a manifest, and long untouched."""
    before = (timezone.now() - UNFINISHED_FOR).timestamp()
    return [
        folder
        for folder in _ours(root)
        if not (folder / MANIFEST).exists()
        and all(path.stat().st_mtime < before for path in folder.iterdir())
    ]


def _prune_logs(folder: Path, needed: set[str]) -> None:
    """Delete the logs older than the first that a kept backup of a night goes on with."""
    there = backup_logs.copied(folder)
    first = min((backup_logs.number(name) for name in needed & set(there)), default=0)
    for name, path in there.items():
        if backup_logs.number(name) < first:
            path.with_suffix(backup_logs.TORN).unlink(missing_ok=True)
            path.unlink()
