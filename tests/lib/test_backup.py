"""A backup is worth what its restore is: each promise is tried with a real database."""

import io
import json
import secrets
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from isme.lib import backup, backup_database, room
from isme.lib.backup_database import BackupFailed
from isme.lib.backup_seal import PIECE, Damaged, SealedReader, SealedWriter, sealed_size
from isme.lib.models import Heartbeat
from tests.conftest import make_user


def seal(data: bytes) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target)
    writer.write(data)
    writer.finish()
    return target.getvalue()


def unseal(sealed: bytes) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(sealed))).read()


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_was_sealed_comes_back_and_shows_nothing(size: int) -> None:
    data = secrets.token_bytes(size)
    sealed = seal(data)
    assert unseal(sealed) == data
    assert sealed_size(size) == len(sealed)  # by it, a copied binary log is known again
    assert size < 16 or data[:16] not in sealed


def test_a_file_that_was_cut_at_a_piece_or_altered_is_refused(settings) -> None:
    sealed = seal(b"x" * (PIECE + 5))
    for bad in (sealed[: -(5 + 16 + 5)], sealed[:-1], sealed[:-1] + b"?", b"PK" + sealed):
        with pytest.raises(Damaged):
            unseal(bad)
    settings.BACKUP_KEY = "another"
    with pytest.raises(Damaged):
        unseal(sealed)


@pytest.fixture
def kept(transactional_db: None, tmp_path: Path) -> Path:
    """Make a backup of a database with one person and one file."""
    person = make_user()
    person.name = "Ny. O'Neil \\ 🩺\n--baris kedua"
    person.save()
    file = Path(settings.MEDIA_ROOT) / "a" / "scan.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF" + secrets.token_bytes(100))
    call_command("backup", str(tmp_path / "backup"))
    return tmp_path / "backup"


def test_a_backup_restores_row_for_row_and_its_damage_is_named(kept: Path, tmp_path: Path) -> None:
    said = io.StringIO()
    call_command("backup_drill", "--dir", str(kept), stdout=said)
    assert "Restored and equal" in said.getvalue()
    assert (kept / backup.TRIED).exists()  # by it, deleting old ones knows the last good one
    assert set(Heartbeat.objects.values_list("name", flat=True)) >= {backup.MADE, backup.DRILLED}

    with pytest.raises(CommandError, match="not empty"):  # a second backup over the first
        call_command("backup", str(kept))
    with pytest.raises(CommandError, match="database is not empty"):
        call_command("restore", str(kept))

    # Another row in the database than in the backup must be seen by the comparison.
    with backup_database.scratch() as name:
        backup._load(kept, name)
        before, _none = backup_database.dump(io.BytesIO(), name)
    assert before == json.loads((kept / backup.MANIFEST).read_text())["fingerprint"]
    Heartbeat.objects.create(name="later", seen_at="2026-01-01T00:00:00Z")
    after, _position = backup_database.dump(io.BytesIO())
    assert after != before

    files = tmp_path / "media"
    assert backup._unpack_media(kept, files, None) == 1
    original = Path(settings.MEDIA_ROOT) / "a" / "scan.pdf"
    assert (files / "a" / "scan.pdf").read_bytes() == original.read_bytes()

    manifest = kept / backup.MANIFEST
    manifest.write_text(manifest.read_text().replace('"media_files": 1', '"media_files": 0'))
    with pytest.raises(BackupFailed, match="manifest was altered"):
        backup.verify(kept)


def test_a_backup_that_broke_off_or_lost_a_byte_is_never_restored(tmp_path: Path, kept) -> None:
    damaged = kept / backup.DATABASE
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(CommandError, match="is damaged"):
        call_command("backup_drill", "--dir", str(kept))
    (kept / backup.MANIFEST).unlink()
    with pytest.raises(CommandError, match="No finished backup"):
        call_command("restore", str(kept))


def test_backup_leaves_the_last_room_to_the_database_and_no_half_of_itself(
    tmp_path: Path, kept, monkeypatch
) -> None:
    """Else the night's backup fills the disk, and in the morning nobody can write."""
    monkeypatch.setattr(room, "FOR_BACKUPS", 2**63)
    with pytest.raises(CommandError, match="Too full"):
        call_command("backup_drill", "--dir", str(kept))
    with pytest.raises(CommandError, match="Too full"):
        call_command("backup", str(tmp_path / "next"))
    assert list((tmp_path / "next").iterdir()) == []

    monkeypatch.setattr(room, "FOR_BACKUPS", 0)
    monkeypatch.setattr(backup, "_pack_media", lambda *_words: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # the dump was whole already
        call_command("backup", str(tmp_path / "next"))
    assert list((tmp_path / "next").iterdir()) == []
