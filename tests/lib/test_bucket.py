"""Files in a bucket: what one host stores another reads, and a store that is away hurts only files."""

import hashlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from isme.lib import bucket as buckets
from isme.lib import files, jobs, outage
from isme.lib.models import Job, StoredFile
from isme.storage_url import Bucket
from tests.buckets import NAME
from tests.lib.test_files import CONTENT, PRIVATE, PRIVATE_KIND, address

BIG = b"%PDF-" + bytes(range(256)) * 1200  # more than one chunk


@pytest.fixture(autouse=True)
def _private_kind():
    files.register(PRIVATE_KIND)


def stored(owner_id: int, content: bytes = CONTENT) -> StoredFile:
    upload = SimpleUploadedFile("Daftar nilai.pdf", content)
    return files.keep(
        files.Checked(files.kind_named(PRIVATE), "Daftar nilai.pdf", "application/pdf", upload),
        owner_id=owner_id,
    )


@pytest.fixture
def owned(bucket, user) -> StoredFile:
    return stored(user.pk, BIG)


def body(response) -> bytes:
    return b"".join(response)


# --- Stored and fetched --------------------------------------------------------------------------


def test_what_one_host_stored_another_without_a_folder_sends(bucket, signed_in, user, settings):
    """Else a second web host answers 404 to half of what people put in."""
    one = stored(user.pk, BIG)
    assert bucket.keys == [f"in/here/{one.path}"]
    assert not settings.MEDIA_ROOT.exists()

    response = signed_in.get(address(one))
    assert hashlib.sha256(body(response)).hexdigest() == one.sha256
    assert response["Content-Length"] == str(len(BIG))
    assert response["Content-Disposition"] == 'attachment; filename="Daftar nilai.pdf"'
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-cache"
    head = signed_in.head(address(one))
    assert (head["Content-Length"], body(head)) == (str(len(BIG)), b"")
    other = signed_in.get(address(one), headers={"If-None-Match": response["ETag"]})
    assert other.status_code == 304
    assert default_storage.open(one.path).read() == BIG


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-3", BIG[:4]),
        ("bytes=70000-", BIG[70000:]),
        ("bytes=-5", BIG[-5:]),
        ("bytes=999999-", b""),
    ],
    ids=["begin", "to the end", "end", "outside"],
)
def test_range_is_fetched_from_the_store_and_no_more(
    owned, signed_in, monkeypatch, asked, expected
):
    """Else somebody who jumps to the end of a film makes this process read all of it."""
    read = []
    real = buckets.BucketStorage._get

    def noted(self, name, **more):
        read.append(real(self, name, **more))
        return read[-1]

    monkeypatch.setattr(buckets.BucketStorage, "_get", noted)
    response = signed_in.get(address(owned), headers={"Range": asked})
    assert (response.status_code, body(response)) == (206 if expected else 416, expected)
    assert [int(answer._content_length) for answer in read] == [len(expected)] * bool(expected)


def test_nobody_without_our_check_reads_or_replaces_a_file(bucket, user):
    """Else an address that leaks, or a name that is taken, gives away somebody's marks."""
    one = stored(user.pk)
    acl = default_storage.connection.ObjectAcl(NAME, f"in/here/{one.path}")
    assert {grant["Permission"] for grant in acl.grants} == {"FULL_CONTROL"}
    assert all(grant["Grantee"]["Type"] == "CanonicalUser" for grant in acl.grants)
    with pytest.raises(ValueError, match="no address"):
        default_storage.url(one.path)
    assert default_storage.save(one.path, SimpleUploadedFile("x", b"other")) != one.path
    assert default_storage.open(one.path).read() == CONTENT


def test_nginx_is_not_sent_to_a_folder_that_is_empty(bucket, signed_in, user, settings):
    settings.X_ACCEL_PREFIX = "/protected/"
    response = signed_in.get(address(stored(user.pk)))
    assert "X-Accel-Redirect" not in response
    assert body(response) == CONTENT


def test_file_that_the_store_lost_is_a_404_and_named_in_the_log(bucket, signed_in, user, caplog):
    one = stored(user.pk)
    default_storage.delete(one.path)
    assert signed_in.get(address(one)).status_code == 404
    assert f"stored file {one.pk} is missing" in caplog.text
    with pytest.raises(FileNotFoundError):
        default_storage.open(one.path)
    with pytest.raises(FileNotFoundError):
        default_storage.size(one.path)
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time(one.path)


def test_removed_row_takes_its_object_along(bucket, user):
    one = stored(user.pk)
    files.remove(one.pk)
    assert jobs.run(Job.objects.get(kind="lib.delete_file").pk)
    assert bucket.keys == []


def test_file_whose_row_cannot_be_written_is_deleted_at_once(bucket, db):
    with pytest.raises(IntegrityError), transaction.atomic():
        stored(owner_id=None)
    assert bucket.keys == []


# --- The store is away ---------------------------------------------------------------------------


def test_variables_of_other_programs_do_not_count(bucket, user, monkeypatch):
    """Else a backup tool's key or address on the same machine takes over."""
    monkeypatch.setenv("AWS_S3_SESSION_PROFILE", "backup-tool")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "theirs")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with bucket.named():
        one = stored(user.pk)
        client = default_storage.connection.meta.client
        assert client._request_signer._credentials.token is None
    assert bucket.keys == [f"in/here/{one.path}"]
    amazons = buckets.BucketStorage(**Bucket("key", "secret", NAME).entry["OPTIONS"])
    assert amazons.connection.meta.client.meta.endpoint_url.startswith("https://s3.")


def test_each_wait_has_its_limit_and_a_person_waits_for_one_try(bucket, settings):
    """Else a store that hangs holds every thread, and with them pages that need no file."""
    for is_web, tries in ((True, 1), (False, 2)):
        settings.IS_WEB = is_web
        with bucket.named():
            config = default_storage.connection.meta.client.meta.config
        assert (config.connect_timeout, config.read_timeout) == (2, 5)
        assert config.retries["total_max_attempts"] == tries


def test_dead_store_is_said_kindly_and_only_files_are_away(mortal, signed_in, user, caplog):
    one = stored(user.pk)
    mortal.kill()
    signed_in.raise_request_exception = False
    response = signed_in.get(address(one))
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "Berkas" in response.text
    assert "Traceback" not in response.text
    assert "store away: " in caplog.text
    assert not any(record.exc_info for record in caplog.records)
    assert signed_in.get("/dashboard/").status_code == 200
    assert signed_in.get(address(one)).status_code == 503
    assert outage.store_breaker.is_open  # whoever comes now is told without waiting
    with pytest.raises(outage.StoreAway):
        default_storage.exists(one.path)


def test_bucket_that_is_not_there_is_an_outage_and_no_lost_file(bucket, user):
    """Else a wrong name of the bucket looks like a thousand lost files."""
    one = stored(user.pk)
    default_storage.bucket_name = "another"
    try:
        with pytest.raises(outage.StoreAway):
            default_storage.listdir("")
        with pytest.raises(outage.StoreAway):
            default_storage.open(one.path)
    finally:
        default_storage.bucket_name = NAME


def test_store_killed_in_the_middle_breaks_the_answer_off(mortal, signed_in, user):
    """Else half a file is taken for the whole of it: the server closes a line that raises."""
    content = b"%PDF-" + bytes(24 * 2**20)  # more than the buffers between the two hold
    response = signed_in.get(address(stored(user.pk, content)))
    assert response["Content-Length"] == str(len(content))
    stream = iter(response)
    assert next(stream)
    mortal.kill()
    with pytest.raises(outage.StoreAway):
        list(stream)
    response.close()


def test_frozen_store_is_given_up(mortal, signed_in, user, monkeypatch):
    """The limit of this test is short; what limits production has the test above."""
    one = stored(user.pk)
    monkeypatch.setattr(buckets, "READ_SECONDS", 0.2)
    mortal.freeze()
    with mortal.named():
        signed_in.raise_request_exception = False
        assert signed_in.get(address(one)).status_code == 503
