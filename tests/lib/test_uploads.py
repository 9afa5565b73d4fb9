"""How much a person may upload, and how often; what happens to files that nobody names."""

import io
import os
import re
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from isme.lib import file_sweep, files, jobs, tasks, uploads
from isme.lib.models import Job, StoredFile
from isme.lib.redis import RedisAway, durable
from tests.accounts.test_view_avatar import put
from tests.lib.test_files import CONTENT, PRIVATE, PRIVATE_KIND

pytestmark = pytest.mark.django_db
DAY = 24 * 60 * 60
OWNER = 7


@pytest.fixture(autouse=True)
def _private_kind():
    files.register(PRIVATE_KIND)


def upload(size: int = len(CONTENT)) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", CONTENT.ljust(size, b"x"))


def check(size: int = len(CONTENT), **facts) -> files.Checked:
    return uploads.check(upload(size), kind=PRIVATE, owner_id=OWNER, **facts)


def stored(owner: int = OWNER, size: int = len(CONTENT)) -> StoredFile:
    return files.store(upload(size), kind=PRIVATE, owner_id=owner)


# --- Room ------------------------------------------------------------------------------------------


def test_room_is_for_each_person_and_counts_all_their_files(settings):
    settings.UPLOAD_ROOM_BYTES = 10_000
    stored(size=3000)
    stored(size=3000)
    stored(owner=8, size=9000)
    assert uploads.left(OWNER) == 4000
    assert check(4000).name == "a.pdf"
    with pytest.raises(files.BadFile) as refusal:
        check(4001)
    assert "3,9" in str(refusal.value)


def test_file_that_goes_away_makes_room_for_its_successor(settings):
    settings.UPLOAD_ROOM_BYTES = 10_000
    old = stored(size=9000)
    with pytest.raises(files.BadFile):
        check(8000)
    assert check(8000, replaces=old.pk).name == "a.pdf"


def test_lowered_limit_says_no_room_instead_of_less_than_none(settings):
    stored(size=9000)
    settings.UPLOAD_ROOM_BYTES = 100
    assert uploads.left(OWNER) < 0
    with pytest.raises(files.BadFile) as refusal:
        check()
    assert "-" not in str(refusal.value)


def test_avatar_beyond_the_room_is_refused_at_its_field(signed_in, settings):
    settings.UPLOAD_ROOM_BYTES = 10
    response = put(signed_in)
    assert response.status_code == 422
    assert response.context["avatar_form"].errors["avatar"]
    assert not StoredFile.objects.exists()


# --- Rate ------------------------------------------------------------------------------------------


@pytest.fixture
def three_in_ten_minutes(monkeypatch):
    monkeypatch.setattr(uploads, "RATE", uploads.Rate("test", 3, 600))


def away(*_args, **_kwargs):
    raise RedisAway("stopped by the test")


@pytest.mark.parametrize("redis", [True, False])
def test_person_who_sends_too_many_is_told_when_to_go_on(three_in_ten_minutes, redis):
    if not redis:
        for _ in range(3):
            durable.breaker.failed()
    for _ in range(3):
        check()
    with pytest.raises(files.BadFile) as refusal:
        check()
    assert re.search(r"Coba lagi \d+ menit lagi", str(refusal.value))
    uploads.check(upload(), kind=PRIVATE, owner_id=8)  # another person isn't held


def test_limited_view_answers_429_with_the_time_to_wait(three_in_ten_minutes, user):
    @uploads.limited
    def view(request):
        return HttpResponse("taken")

    def send(**files_):
        request = RequestFactory().post("/", files_)
        request.user = user
        return view(request)

    assert [send(file=upload()).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 0 < int(send(file=upload())["Retry-After"]) <= 600
    assert send(text="no file").status_code == 200


# --- Sweep -----------------------------------------------------------------------------------------


def old(path: str) -> str:
    then = time.time() - DAY - 60
    os.utime(default_storage.path(path), (then, then))
    return path


def loose(path: str) -> str:
    return default_storage.save(path, ContentFile(b"nobody's"))


@pytest.fixture
def scene(tmp_path, settings):
    """A stored file, a row without its file, and what was left by uploads that failed."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    kept, lost = stored(), stored()
    old(kept.path)
    default_storage.delete(lost.path)
    old(loose("ab/old"))
    loose("ab/young")  # its transaction may be under way
    old(loose("zz/odd-folder"))
    for name, age in (("tmpa.upload.pdf", 2 * DAY), ("tmpb.upload", 5), ("tmpc.txt", 2 * DAY)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    return kept, lost


def test_sweep_deletes_what_nobody_can_reach_and_nothing_else(scene, tmp_path, caplog):
    kept, lost = scene
    found = file_sweep.sweep()

    assert found.unnamed == ["ab/old", "zz/odd-folder"]
    assert found.missing == [lost.pk]
    assert f"1 stored files are missing, of rows [{lost.pk}]" in caplog.text
    assert default_storage.exists(kept.path)
    assert default_storage.exists("ab/young")
    assert not default_storage.exists("ab/old")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tmpb.upload", "tmpc.txt"]
    assert StoredFile.objects.count() == 2  # a lost file's row tells people what was there
    assert file_sweep.sweep().unnamed == []


def test_command_shows_and_only_deletes_when_told(scene):
    _kept, lost = scene
    for words, there in ((["check_files"], True), (["check_files", "--delete"], False)):
        out = io.StringIO()
        with pytest.raises(SystemExit) as end:
            call_command(*words, stdout=out, no_color=True)
        assert end.value.code == 1
        assert "2 stored files\n2 files without a row" in out.getvalue()
        assert f"1 files are missing, of rows {lost.pk}" in out.getvalue()
        assert default_storage.exists("ab/old") == there
    lost.delete()
    call_command("check_files", stdout=io.StringIO())  # no SystemExit


def test_beat_asks_for_one_sweep_a_day(scene):
    tasks.housekeeping()
    tasks.housekeeping()
    row = Job.objects.get(kind="lib.sweep_files")
    assert jobs.run(row.pk)
    assert not default_storage.exists("ab/old")


def test_file_of_a_rolled_back_upload_is_found(user):
    checked, paths = files.check(upload(), kind=PRIVATE), []

    def fail() -> None:
        with transaction.atomic():
            paths.append(files.keep(checked, owner_id=user.pk).path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert file_sweep.look().unnamed == []
    old(paths[0])
    assert file_sweep.look().unnamed == paths
