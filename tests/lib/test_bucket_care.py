"""Files in a bucket looked after: swept, erased, exported, moved, and kept in no backup unseen."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from academics.imports.choices import ImportState
from accounts.services import avatars, erasure, own_data
from accounts.services.activation import deactivate
from isme.lib import backup, backup_database, file_sweep, files, health, jobs, outage
from isme.lib.models import Job, StoredFile
from isme.lib.storage import FolderStorage
from tests.academics.importing import student, students, upload
from tests.accounts.test_privacy import ORIGIN
from tests.buckets import NAME
from tests.conftest import make_user
from tests.lib.test_bucket import stored
from tests.lib.test_files import CONTENT, PRIVATE_KIND

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_kind():
    files.register(PRIVATE_KIND)


def said(*command: str, **options: object) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out, no_color=True, **options)
    return out.getvalue()


def key(one: StoredFile) -> str:
    return f"in/here/{one.path}"


# --- Swept, erased, exported, imported -----------------------------------------------------------


def test_sweep_finds_what_no_row_names_and_what_is_missing(bucket, user, monkeypatch):
    kept, lost = stored(user.pk), stored(user.pk)
    default_storage.delete(lost.path)
    default_storage.save("zz/loose", ContentFile(b"nobody's"))
    assert file_sweep.sweep().unnamed == []  # young: its transaction may be under way
    monkeypatch.setattr(file_sweep, "OLD_SECONDS", -60)
    found = file_sweep.sweep()
    assert (found.unnamed, found.missing) == (["zz/loose"], [lost.pk])
    assert bucket.keys == [key(kept)]


def test_sweep_that_could_not_look_takes_nothing_for_missing(dead_store, user, caplog):
    """Else each outage is reported as the loss of all files, or deletes what it can't see."""
    StoredFile.objects.create(kind="x", owner_id=user.pk, path="ab/x", name="x", size=1)
    with pytest.raises(outage.StoreAway):
        file_sweep.sweep()
    assert "missing" not in caplog.text
    outage.store_breaker.reset()
    with pytest.raises(CommandError, match="nothing is known"):
        said("check_files")


def test_erased_persons_picture_leaves_the_bucket(bucket):
    boss, person = make_user("boss", role="super_admin"), make_user("pergi")
    picture = files.Checked(avatars.KIND, "a.webp", files.WEBP, io.BytesIO(b"RIFF"))
    avatars.change_avatar(user_id=person.pk, picture=picture)
    deactivate(user_id=person.pk, actor=boss, reason="left", origin=ORIGIN)
    other = stored(boss.pk)
    erasure.erase_person(user_id=person.pk, reason="asked", actor=boss, origin=ORIGIN)
    for row in Job.objects.filter(kind="lib.delete_file"):
        assert jobs.run(row.pk)
    assert bucket.keys == [key(other)]


def test_person_gets_their_files_out_of_the_bucket(bucket, user):
    mine = stored(user.pk)
    own_data.make(user_id=user.pk)
    with default_storage.open(own_data.newest_of(user.pk).path) as file:
        pack = zipfile.ZipFile(file)
        assert pack.read(f"files/{mine.pk}-{mine.name}") == CONTENT


def test_spreadsheet_is_read_by_a_worker_elsewhere(bucket):
    job = upload(students(student(1), student(2)), by=make_user("admin", role="super_admin"))
    assert job.state == ImportState.STAGED
    assert job.rows_new == 2


# --- Checks --------------------------------------------------------------------------------------


def test_check_services_tries_the_bucket_and_leaves_nothing(bucket):
    assert health.check_files().text == (
        f"keeps, gives and deletes at s3://{NAME}/in/here at {bucket.place.endpoint}"
    )
    assert health.check_files(quick=True).ok
    assert bucket.keys == []


@pytest.mark.parametrize("quick", [False, True])
def test_check_services_says_that_the_store_is_away(dead_store, quick):
    check = health.check_files(quick=quick)
    assert not check.ok
    assert check.text.startswith("away: ")


def test_prometheus_is_told_of_the_bucket(dead_store, client):
    text = client.get("/metrics").text
    assert 'isme_up{part="files"} 0.0' in text
    assert 'isme_up{part="database"} 1.0' in text


# --- Backups -------------------------------------------------------------------------------------


@pytest.fixture
def night(transactional_db, bucket, tmp_path) -> Path:
    """A backup of three files that lie in the bucket."""
    for one in range(3):
        stored(make_user(f"person{one}").pk)
    said("backup", str(tmp_path / "night"))
    return tmp_path / "night"


def test_backup_says_who_keeps_the_files(night, bucket, tmp_path):
    """Else somebody learns at the restore that no file was ever in a backup."""
    manifest = json.loads((night / backup.MANIFEST).read_text())
    where = f"s3://{NAME}/in/here at {bucket.place.endpoint} (versioning: off)"
    assert (manifest["media_kept_by"], manifest["media_files"]) == (where, 0)
    text = said("backup", str(tmp_path / "again"))
    assert f"files: not copied, they stay in {where}\nWARNING: only a bucket with" in text

    versions = default_storage.connection.BucketVersioning(NAME)
    versions.enable()
    text = said("backup", str(tmp_path / "third"))
    assert "(versioning: on)" in text
    assert "WARNING" not in text
    versions.suspend()


def test_drill_looks_for_the_file_of_each_row(night):
    assert "3 files are in s3://" in said("backup_drill", dir=night)
    first, second, _third = StoredFile.objects.order_by("pk")
    default_storage.delete(first.path)
    with pytest.raises(CommandError, match=rf"1 stored files are missing .* of rows {first.pk}\."):
        said("backup_drill", dir=night)
    first.delete()  # as people do: then only its version is left
    text = said("backup_drill", dir=night)
    assert "1 files were deleted since" in text
    assert "2 files are in s3://" in text
    assert StoredFile.objects.first() == second


def test_restore_names_the_rows_whose_files_have_to_come_back(night, monkeypatch, settings):
    """The database is that of the night already: what it holds is tried elsewhere."""
    one = StoredFile.objects.first()
    default_storage.delete(one.path)
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "from-before").touch()  # a bucket's restore needs no empty folder
    monkeypatch.setattr(backup_database, "table_count", lambda: 0)
    monkeypatch.setattr(backup, "_load", lambda *_words: None)
    text = said("restore", str(night))
    assert f"WARNING: 1 stored files are missing in s3://{NAME}/in/here" in text
    assert f"of rows {one.pk}." in text


# --- Moving --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path) -> FolderStorage:
    return FolderStorage(location=tmp_path / "before")


def laid(folder: FolderStorage, owner_id: int, content: bytes = CONTENT) -> StoredFile:
    """A file as it lay before the move."""
    one = stored(owner_id, content)
    folder.save(one.path, ContentFile(content))
    default_storage.delete(one.path)
    return one


def test_move_copies_what_is_missing_and_may_be_repeated(bucket, user, folder):
    first, second = laid(folder, user.pk), laid(folder, user.pk, b"%PDF other")
    command = ("move_files", "--from", f"file://{folder.location}")
    assert "2 stored files, 2 copied" in said(*command)
    assert bucket.keys == sorted([key(first), key(second)])
    assert default_storage.open(second.path).read() == b"%PDF other"
    assert folder.exists(first.path)  # the way back stays
    assert "2 stored files, 0 copied" in said(*command)

    default_storage.delete(first.path)
    default_storage.save(first.path, ContentFile(b"half"))  # a run that was killed
    assert "2 stored files, 1 copied" in said(*command)
    assert default_storage.open(first.path).read() == CONTENT


def test_move_tells_what_it_could_not_copy(bucket, user, folder):
    """Else a folder that was damaged long ago is deleted as moved."""
    good, damaged, lost = (laid(folder, user.pk) for _one in range(3))
    Path(folder.path(damaged.path)).write_bytes(b"rot")
    folder.delete(lost.path)
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("move_files", source=f"file://{folder.location}", stdout=out, no_color=True)
    assert end.value.code == 1
    assert f"1 are missing, of rows {lost.pk}\n1 are damaged, of rows {damaged.pk}" in (
        out.getvalue()
    )
    assert bucket.keys == [key(good)]


def test_move_leads_back_and_takes_a_buckets_address_from_a_variable(
    bucket, user, monkeypatch, settings
):
    one = stored(user.pk)
    monkeypatch.setenv("BEFORE", bucket.url)
    with pytest.raises(CommandError, match=r"names s3://isme-files/in/here at .* itself"):
        said("move_files", "--from", "BEFORE")
    place = {"BACKEND": "isme.lib.storage.FolderStorage", "OPTIONS": {"location": settings.VAR}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    assert "1 stored files, 1 copied" in said("move_files", "--from", "BEFORE")
    assert (Path(settings.VAR) / one.path).read_bytes() == CONTENT
    with pytest.raises(CommandError, match="NOWHERE is no file"):
        said("move_files", "--from", "NOWHERE")


def test_move_to_a_store_that_is_away_says_so(dead_store, user, folder):
    StoredFile.objects.create(kind="x", owner_id=user.pk, path="ab/x", name="x", size=1)
    with pytest.raises(CommandError, match="run it again later"):
        said("move_files", "--from", f"file://{folder.location}")
