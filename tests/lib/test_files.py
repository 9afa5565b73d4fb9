"""Stored files: nothing hostile gets in, nothing leaves to whom it isn't meant for."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from accounts.services import avatars
from isme.lib import files, jobs, room
from isme.lib.models import Job, StoredFile
from isme.lib.outage import is_disk_full
from tests.conftest import make_user

AVATAR = avatars.KIND.name
PRIVATE = "tests.private"
CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 4


@pytest.fixture(autouse=True)
def _private_kind():
    files.register(PRIVATE_KIND)


PRIVATE_KIND = files.Kind(
    PRIVATE, 10_000, (files.PDF,), lambda user, stored: stored.owner_id == user.pk
)


def picture(fmt="PNG", size=(300, 200), **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, fmt, **options)
    return target.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 2) + b"IDAT" + b"xx" + bytes(4)


def refusal(name: str, content: bytes, kind: str = AVATAR) -> str:
    with pytest.raises(files.BadFile) as caught:
        files.check(SimpleUploadedFile(name, content), kind=kind)
    return str(caught.value)


# --- What is refused -----------------------------------------------------------------------------


def test_empty_file_is_refused():
    assert "kosong" in refusal("a.png", b"")


def test_one_byte_over_the_limit_is_refused():
    assert "terlalu besar" in refusal("a.pdf", b"%PDF-".ljust(10_001), PRIVATE)


def test_exactly_the_limit_is_taken():
    upload = SimpleUploadedFile("a.pdf", b"%PDF-".ljust(10_000))
    assert files.check(upload, kind=PRIVATE).name == "a.pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("wrong-magic.png", b"\xff\xd8\xff" + bytes(50)),
        ("polyglot.png", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"),
        ("polyglot.gif", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"),
        (
            "drawing.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        ),
        (
            "drawing.png",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        ),
        ("page.png", b"<!doctype html><script>alert(1)</script>"),
        ("a.png.exe", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ("no-suffix", b"\x89PNG\r\n\x1a\n" + bytes(50)),
    ],
)
def test_what_is_no_picture_by_name_and_content_is_refused(name, content):
    assert "format" in refusal(name, content)


def test_header_that_claims_a_huge_picture_is_refused_before_decoding():
    assert "piksel" in refusal("bomb.png", png_claiming(50_000, 50_000))


def test_picture_just_over_the_pixel_cap_is_refused():
    assert "piksel" in refusal("big.png", png_claiming(16_001, 1_000))


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP"])
def test_truncated_picture_is_refused(fmt):
    whole = picture(fmt)
    assert "rusak" in refusal(f"a.{fmt.lower()}", whole[: len(whole) // 2])


# --- What is kept --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.png", "x.png"),
        ("..\\..\\x.png", "x.png"),
        ('a"b\r\nSet-Cookie: x.png', "abSet-Cookie: x.png"),
        ("gpj.\u202etxt.png", "gpj.txt.png"),
        ("a\0.png", "a.png"),
        ("", "file"),
        ("...", "file"),
        ("é" * 251 + ".png", "é" * 100 + ".png"),
    ],
)
def test_name_is_made_harmless(given, kept):
    assert files.clean_name(given) == kept


def test_picture_loses_exif_and_what_hides_behind_it():
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    content = picture("JPEG", exif=exif) + b"<script>alert(1)</script>"
    checked = files.check(SimpleUploadedFile("a.jpg", content), kind=AVATAR)
    encoded = checked.content.read()
    image = Image.open(io.BytesIO(encoded))
    assert (image.format, image.size) == ("WEBP", (256, 256))
    assert not image.getexif()
    assert b"SECRET" not in encoded
    assert b"script" not in encoded
    assert checked.name == "a.webp"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_every_kind_of_png_is_read(mode):
    target = io.BytesIO()
    Image.new(mode, (30, 20)).save(target, "PNG")
    upload = SimpleUploadedFile("a.png", target.getvalue())
    assert files.check(upload, kind=AVATAR).name == "a.webp"


def private(owner_id: int, name="Daftar nilai.pdf") -> StoredFile:
    return files.store(SimpleUploadedFile(name, CONTENT), kind=PRIVATE, owner_id=owner_id)


@pytest.mark.django_db
def test_stored_under_a_random_name_with_true_facts():
    stored = private(1)
    assert default_storage.open(stored.path).read() == CONTENT
    assert default_storage.path(stored.path).startswith(str(settings.MEDIA_ROOT))
    assert stored.name not in stored.path
    assert (stored.size, stored.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert private(1).path != stored.path


@pytest.mark.django_db
def test_file_whose_row_cannot_be_written_is_deleted_at_once(monkeypatch):
    """What a later rollback or a kill leaves behind goes with the sweep of the day."""
    kept = []
    monkeypatch.setattr(
        default_storage,
        "save",
        lambda name, content, save=default_storage.save: (
            kept.append(save(name, content)) or kept[-1]
        ),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        private(owner_id=None)
    assert [default_storage.exists(path) for path in kept] == [False]


@pytest.mark.django_db
def test_file_that_would_take_the_last_room_is_refused_and_leaves_nothing(monkeypatch):
    """Else uploads fill the disk, and the database keeps everybody waiting."""
    owner = make_user()
    monkeypatch.setattr(room, "FOR_UPLOADS", 2**63)
    with pytest.raises(OSError, match="Too full") as refused:
        private(owner.pk)
    assert is_disk_full(refused.value)  # told as such: a 503
    assert not StoredFile.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_removed_row_takes_its_file_along_by_a_job():
    stored = private(1)
    files.remove(stored.pk)
    files.remove(stored.pk)
    assert default_storage.exists(stored.path)  # until the commit nothing is lost
    assert jobs.run(Job.objects.get(kind="lib.delete_file").pk)
    assert not default_storage.exists(stored.path)


@pytest.mark.django_db
def test_file_that_a_row_names_is_not_deleted():
    stored = private(1)
    files.delete_unnamed(stored.path)
    assert default_storage.exists(stored.path)


def test_two_rules_for_one_kind_are_an_error():
    with pytest.raises(ValueError, match=PRIVATE):
        files.register(files.Kind(PRIVATE, 1, (), lambda user, stored: True))


# --- Who may fetch, and what comes ---------------------------------------------------------------


def address(stored: StoredFile) -> str:
    return f"/files/{stored.pk}/x"


def test_own_file_comes_whole_with_its_headers(signed_in, user, django_assert_num_queries):
    stored = private(user.pk)
    signed_in.get("/dashboard/")  # warm
    with django_assert_num_queries(1):
        response = signed_in.get(address(stored))
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="Daftar nilai.pdf"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")
    assert response["Content-Length"] == str(len(CONTENT))


def test_name_outside_ascii_is_sent_encoded(signed_in, user):
    response = signed_in.get(address(private(user.pk, "Ujian é.pdf")))
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Ujian%20%C3%A9.pdf"


def test_other_persons_private_file_is_not_there(signed_in):
    stored = private(make_user("tiara").pk)
    assert signed_in.get(address(stored)).status_code == 404


def test_kind_that_no_app_owns_is_not_there(signed_in, user):
    stored = private(user.pk)
    StoredFile.objects.update(kind="tests.gone")
    assert signed_in.get(address(stored)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "-1", str(2**63), "9" * 5000, "abc", "%001", "1_0"])
def test_bad_id_is_not_there(signed_in, pk):
    assert signed_in.get(f"/files/{pk}/x").status_code == 404


@pytest.mark.django_db
def test_stranger_is_sent_to_the_sign_in_page(client):
    response = client.get(address(private(1)))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-3", 206, CONTENT[:4]),
        ("bytes=1000-", 206, CONTENT[1000:]),
        ("bytes=-5", 206, CONTENT[-5:]),
        ("bytes=5-999999", 206, CONTENT[5:]),
        ("bytes=0-1,4-5", 200, CONTENT),
        ("bytes=9-2", 200, CONTENT),
        ("bytes=-", 200, CONTENT),
        ("bytes=a-b", 200, CONTENT),
        ("bytes=999999-", 416, b""),
        ("bytes=-0", 416, b""),
    ],
)
def test_range(signed_in, user, asked, status, expected):
    response = signed_in.get(address(private(user.pk)), headers={"Range": asked})
    assert response.status_code == status
    assert b"".join(response) == expected
    assert ("Content-Range" in response) is (status != 200)


def test_range_of_another_version_gives_the_whole(signed_in, user):
    headers = {"Range": "bytes=0-3", "If-Range": '"other"'}
    assert signed_in.get(address(private(user.pk)), headers=headers).status_code == 200


def test_known_version_is_not_sent_again(signed_in, user):
    stored = private(user.pk)
    etag = signed_in.get(address(stored))["ETag"]
    assert signed_in.get(address(stored), headers={"If-None-Match": etag}).status_code == 304


def test_behind_nginx_only_the_way_is_told(signed_in, user, settings):
    settings.X_ACCEL_PREFIX = "/protected/"
    stored = private(user.pk)
    response = signed_in.get(address(stored))
    assert response["X-Accel-Redirect"] == f"/protected/{stored.path}"
    assert response.content == b""
