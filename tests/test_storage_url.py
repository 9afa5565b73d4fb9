"""STORAGE_URL: a wrong one is refused at the start, by name, and never shows its secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isme import env, storage_url
from isme.storage_url import BadStorage, Bucket, Folder, parse

HERE = Path("/srv/here")
SECRET = "wJalr%2FXUtn%2BFEMI"


def read(url: str, *, private: bool = True) -> Folder | Bucket:
    return parse(url, folder=HERE, private=private)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("/srv/media", "must start"),
        ("ftp://host/x", "must start"),
        ("file://host/media", "file:///folder"),
        ("file:media", "file:///folder"),
        ("file:///", "file:///folder"),
        ("s3:///prefix", "KEY:SECRET@"),
        ("s3://files", "KEY:SECRET@"),
        ("s3://key@files", "KEY:SECRET@"),
        ("s3://:secret@files", "KEY:SECRET@"),
        ("s3://key:secr/et@files", "KEY:SECRET@"),
        ("s3://key:secr[@files", "percent-encode"),
        ("s3://key:secret@", "no bucket"),
        ("s3://key:secret@files:443", "no bucket"),
        ("s3://key:secret@files?host=x", "may only have"),
        ("s3://key:secret@files?endpoint=store.example", "like https://host"),
        ("s3://key:secret@files?endpoint=https://a:b@store.example", "like https://host"),
        ("s3://key:secret@files?endpoint=http://store.example", "in the open"),
    ],
)
def test_wrong_address_is_refused_without_telling_its_secret(url, why):
    with pytest.raises(BadStorage, match=why) as refusal:
        read(url)
    assert "secr" not in str(refusal.value)


def test_folder_is_what_it_was_and_may_lie_elsewhere():
    assert read("") == Folder(HERE)
    assert read("file:///srv/my%20files") == Folder(Path("/srv/my files"))


def test_bucket_is_read_with_decoded_parts():
    """Else a secret with a slash, which Amazon gives, never signs in."""
    url = f"s3://AKIA:{SECRET}@files/isme/prod/?endpoint=https://store.example/&region=jkt-1"
    found = read(url)
    assert found == Bucket(
        "AKIA", "wJalr/XUtn+FEMI", "files", "isme/prod", "https://store.example", "jkt-1"
    )
    assert read("s3://k:s@files").entry["OPTIONS"]["endpoint_url"] is None


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"])
def test_plain_http_is_for_loopback_and_laptops(host):
    assert read(f"s3://k:s@files?endpoint=http://{host}").endpoint == f"http://{host}"
    assert read("s3://k:s@files?endpoint=http://store:9000", private=False).region == ""


def test_package_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(storage_url, "PACKAGE", "no_such_package")
    with pytest.raises(BadStorage, match=r"django-storages\[s3\]"):
        read("s3://k:s@files")


def started(code: str, url: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a process that starts as staging with ``url``."""
    settings = {
        "ISME_ENV": "staging",
        "SECRET_KEY": "k" * 50,
        "ALLOWED_HOSTS": "isme.example",
        "DATABASE_URL": "mysql://isme@localhost/isme",
        "REDIS_CACHE_URL": "redis://localhost:1/0",
        "REDIS_DURABLE_URL": "redis://localhost:2/0",
        "STORAGE_URL": url,
        "DJANGO_SETTINGS_MODULE": "isme.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DEBUG": "0", **settings}, capture_output=True, check=False, text=True,
    )  # fmt: skip


def test_start_is_refused_by_name():
    done = started("import isme.settings", "s3://key:secret@files?endpoint=http://store.example")
    assert done.returncode != 0
    assert "  - STORAGE_URL would send files in the open" in done.stderr
    assert "secret" not in done.stderr


def test_start_takes_a_bucket_and_shows_it_without_its_secret():
    shows = (
        "import django; django.setup(); from django.core.management import call_command;"
        "from django.core.files.storage import default_storage as store;"
        "call_command('show_settings'); print(store.where, store.is_folder)"
    )
    done = started(shows, f"s3://AKIA:{SECRET}@files/isme?endpoint=https://store.example")
    assert "s3://AKIA:••••••@files/isme?endpoint=https://store.example" in done.stdout, done.stderr
    assert "s3://files/isme at https://store.example False" in done.stdout
    assert SECRET not in done.stdout + done.stderr


def test_nonsense_is_not_shown_either():
    assert env._masked("s3://key:secr[@files", secret=False) == "••••••"
