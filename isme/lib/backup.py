"""Backups: a sealed dump, the sealed media, and a manifest that says what they hold.

What they promise stands in isme/decisions/0018-backups-are-restored-on-trial.md. A backup without
its manifest was not finished and is never restored.
"""

import gzip
import hashlib
import hmac
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from isme.lib import backup_database, backup_files, backup_logs, room
from isme.lib.backup_database import BackupFailed
from isme.lib.backup_seal import COPY_BYTES, Damaged, SealedReader, sealed
from isme.lib.health import beat_heart
from isme.lib.storage import store

DATABASE, MEDIA, MANIFEST = "database.sql.gz.sealed", "media.tar.sealed", "manifest.json"
UNFINISHED = f"{MANIFEST}.part"
AUDIT_HEAD = "audit-head"
MADE, DRILLED = "backup", "backup drill"  # signs of life
TRIED = "restored-on-trial"  # in a folder: when the drill found it equal
Say = Callable[[str], None]


def make(folder: Path, say: Say) -> dict[str, Any]:
    """Back up database and media into ``folder``, which must be empty or not there yet.

    Raises BackupFailed and OSError, and leaves nothing then: half a backup is worth nothing, and
    would fill the disk.
    """
    _need_empty(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        manifest = _make(folder, say)
    except BaseException:
        for name in (DATABASE, MEDIA, UNFINISHED):
            (folder / name).unlink(missing_ok=True)
        raise
    beat_heart(MADE)
    return manifest


def _make(folder: Path, say: Say) -> dict[str, Any]:
    # Before the dump: the head may be behind the database, which verifying accepts, not ahead.
    head = _audit_head()
    say("database ...")
    with (
        sealed(folder / DATABASE, leave=room.FOR_BACKUPS) as target,
        gzip.GzipFile("", "wb", 1, target) as packed,
    ):
        fingerprint, position = backup_database.dump(packed)
    say("media ...")
    elsewhere = backup_files.kept_by()
    if elsewhere:
        backup_files.say_kept(elsewhere, say)
    files = _pack_media(folder / MEDIA, head)
    manifest = {
        "format": 1,
        "made_at": timezone.now().isoformat(),
        "release": settings.RELEASE,
        "vendor": "mysql" if backup_database.is_mysql() else "sqlite",
        "database": backup_database.database_name(),
        "fingerprint": fingerprint,
        "binlog": position,
        "media_files": files,
        "media_kept_by": elsewhere,
        "sha256": {name: _sha256(folder / name) for name in (DATABASE, MEDIA)},
    }
    manifest["seal"] = signature(manifest)
    text = json.dumps(manifest, indent=2)
    (folder / UNFINISHED).write_text(text + "\n")
    (folder / UNFINISHED).replace(folder / MANIFEST)
    return manifest


def _need_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupFailed(f"{folder} is not empty.")


def _audit_head() -> bytes | None:
    try:
        return (Path(settings.VAR) / AUDIT_HEAD).read_bytes()
    except FileNotFoundError:
        return None


def _pack_media(path: Path, head: bytes | None) -> int:
    """Pack the media of a folder. A file that is deleted meanwhile is left out. Their number."""
    root, count = Path(settings.MEDIA_ROOT), 0
    with (
        sealed(path, leave=room.FOR_BACKUPS) as target,
        tarfile.open(fileobj=target, mode="w|") as tar,
    ):
        if head is not None:
            info = tarfile.TarInfo(AUDIT_HEAD)
            info.size = len(head)
            tar.addfile(info, io.BytesIO(head))
        for file in sorted(root.rglob("*")) if store().is_folder else ():
            if not file.is_file() or file.is_symlink():
                continue
            try:
                tar.add(file, f"media/{file.relative_to(root)}", recursive=False)
            except FileNotFoundError:
                continue
            count += 1
    return count


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def signature(manifest: dict[str, Any]) -> str:
    """Of all but the seal itself, which only whoever has the key can make."""
    text = json.dumps({**manifest, "seal": None}, sort_keys=True)
    key = settings.BACKUP_KEY or settings.SECRET_KEY
    return hmac.new(f"isme.manifest|{key}".encode(), text.encode(), "sha256").hexdigest()


def verify(folder: Path) -> dict[str, Any]:
    """Give the manifest of a backup that is whole and ours. Raises BackupFailed."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        sums = {name: _sha256(folder / name) for name in (DATABASE, MEDIA)}
    except (OSError, ValueError) as error:
        raise BackupFailed(f"No finished backup in {folder}: {error}") from error
    if not hmac.compare_digest(str(manifest.get("seal")), signature(manifest)):
        raise BackupFailed("The manifest was altered, or the key (BACKUP_KEY) is another.")
    for name, found in sums.items():
        if manifest["sha256"][name] != found:
            raise BackupFailed(f"{name} is damaged: its checksum differs from the manifest's.")
    return manifest


def restore(
    folder: Path, say: Say, *, logs: Path | None = None, until: datetime | None = None
) -> dict[str, Any]:
    """Restore a backup into the empty database and the empty media folder of the settings.

    With ``logs``, a folder that ``backup_logs.copy`` filled, repeat what came after the backup,
    before ``until`` or to their end. Raises BackupFailed.
    """
    manifest = verify(folder)
    if backup_database.is_mysql() != (manifest["vendor"] == "mysql"):
        raise BackupFailed(f"The backup is of {manifest['vendor']}.")
    if backup_database.table_count():
        raise BackupFailed("The database is not empty: restore into a new one.")
    if not manifest.get("media_kept_by"):
        _need_empty(Path(settings.MEDIA_ROOT))
    if logs and not manifest["binlog"]:
        raise BackupFailed("The backup has no position in a binary log.")
    if until:
        _need_later(until, datetime.fromisoformat(manifest["made_at"]))
    say("database ...")
    _load(folder)
    say("media ...")
    _unpack_media(folder, Path(settings.MEDIA_ROOT), Path(settings.VAR) / AUDIT_HEAD)
    if logs:
        say("binary logs ...")
        backup_logs.replay(manifest, logs, until)
    if manifest.get("media_kept_by") or not store().is_folder:
        backup_files.say_restored(say)
    return manifest


def _need_later(until: datetime, made_at: datetime) -> None:
    """Refuse a moment that no log after the backup can lead to: it would be restored as it is."""
    if until < made_at:
        raise BackupFailed(
            f"{timezone.localtime(until):%Y-%m-%d %H:%M:%S %Z} lies before this backup was finished"
            f" ({timezone.localtime(made_at):%Y-%m-%d %H:%M:%S %Z}): take the one before it."
        )


def _load(folder: Path, database: str = "") -> None:
    try:
        with (
            (folder / DATABASE).open("rb") as file,
            gzip.GzipFile(fileobj=io.BufferedReader(SealedReader(file), COPY_BYTES)) as dump,
        ):
            backup_database.load(dump, database)
    except (Damaged, EOFError, gzip.BadGzipFile) as error:
        raise BackupFailed(f"{DATABASE}: {error}") from error


def _unpack_media(folder: Path, root: Path, head: Path | None) -> int:
    """Unpack the media below ``root``; the audit head only where there is none."""
    count = 0
    try:
        with (
            (folder / MEDIA).open("rb") as file,
            tarfile.open(fileobj=io.BufferedReader(SealedReader(file)), mode="r|") as tar,
        ):
            for member in tar:
                source = tar.extractfile(member)
                if source is None:
                    continue
                if member.name != AUDIT_HEAD:
                    _write_below(root, member.name.removeprefix("media/"), source)
                    count += 1
                elif head and not head.exists():
                    _write_below(head.parent, head.name, source)
    except (Damaged, tarfile.TarError) as error:
        raise BackupFailed(f"{MEDIA}: {error}") from error
    return count


def _write_below(root: Path, name: str, source: IO[bytes]) -> None:
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise BackupFailed(f"The backup names a file outside the media folder: {name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        shutil.copyfileobj(source, target, COPY_BYTES)
    path.chmod(settings.FILE_UPLOAD_PERMISSIONS)


def drill(say: Say, folder: Path | None = None) -> dict[str, Any]:
    """Restore a backup (a new one, or that in ``folder``) into a scratch database and compare.

    The scratch database is dumped again: its fingerprint must be that of the backup.
    """
    with tempfile.TemporaryDirectory() as temporary:
        kept = folder or Path(temporary) / "backup"
        if not folder:
            make(kept, say)
        manifest = verify(kept)
        say("trial restore ...")
        tables = backup_database.folder()
        if tables.exists():
            room.need(tables, backup_database.size(), leave=room.FOR_BACKUPS)
        room.need(Path(temporary), (kept / MEDIA).stat().st_size, leave=room.FOR_BACKUPS)
        with backup_database.scratch() as name:
            _load(kept, name)
            with Path("/dev/null").open("wb") as nowhere:
                fingerprint, _position = backup_database.dump(nowhere, name)
            if manifest.get("media_kept_by"):
                manifest["media_found"] = backup_files.check_drilled(name, say)
        if fingerprint != manifest["fingerprint"]:
            raise BackupFailed("The restored database differs from the one that was backed up.")
        files = _unpack_media(kept, Path(temporary) / "media", None)
        if files != manifest["media_files"]:
            raise BackupFailed(f"{manifest['media_files']} files backed up, {files} restored.")
    with suppress(OSError):  # a copy that was mounted only to be read
        (kept / TRIED).write_text(timezone.now().isoformat() + "\n")
    beat_heart(DRILLED)
    return manifest
