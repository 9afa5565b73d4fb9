"""Where stored files lie: STORAGE_URL read into an entry of Django's STORAGES.

Nothing, or ``file:///folder``, is a folder. A bucket of an S3-compatible store is

    s3://key:secret@bucket/prefix?endpoint=https://host&region=x

with every part percent-encoded. Without ``endpoint`` it is Amazon's.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from isme.env import Environment

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
KNOWN = {"endpoint", "region"}
PACKAGE = "storages"
ONLY_REGION = "us-east-1"  # the name for it where there is but one


class BadStorage(ValueError):
    """The text says what is wrong, for the operator, and never holds the secret."""


@dataclass(frozen=True)
class Folder:
    path: Path

    @property
    def entry(self) -> dict[str, Any]:
        options = {"location": self.path, "base_url": None}
        return {"BACKEND": "isme.lib.storage.FolderStorage", "OPTIONS": options}


@dataclass(frozen=True)
class Bucket:
    key: str
    secret: str
    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""

    @property
    def entry(self) -> dict[str, Any]:
        options = {
            "access_key": self.key,
            "secret_key": self.secret,
            "bucket_name": self.name,
            "location": self.prefix,
            "endpoint_url": self.endpoint or None,
            "region_name": self.region or ONLY_REGION,
        }
        return {"BACKEND": "isme.lib.bucket.BucketStorage", "OPTIONS": options}


def parse(url: str, *, folder: Path, private: bool) -> Folder | Bucket:
    """What ``url`` names; nothing names ``folder``. ``private``: no plain http but on loopback.

    Raises BadStorage.
    """
    if not url:
        return Folder(folder)
    try:
        parts = urlsplit(url)
        if parts.scheme == "file":
            return _folder(parts)
        if parts.scheme == "s3":
            return _bucket(parts, private=private)
    except BadStorage:
        raise
    except ValueError:  # urlsplit on brackets and ports that are none
        raise BadStorage("is no address: percent-encode what is special in its parts.") from None
    raise BadStorage("must start with file: or s3:")


def _folder(parts: SplitResult) -> Folder:
    path = Path(unquote(parts.path))
    if parts.netloc or not path.is_absolute() or path == Path("/"):
        raise BadStorage("must name a folder from the root on: file:///folder")
    return Folder(path)


def _bucket(parts: SplitResult, *, private: bool) -> Bucket:
    account, at, name = parts.netloc.rpartition("@")
    key, colon, secret = account.partition(":")
    if not at or not colon or not key or not secret:
        raise BadStorage("needs KEY:SECRET@ before the bucket, '/' in them written as %2F.")
    if not name or ":" in name:
        raise BadStorage("names no bucket behind KEY:SECRET@")
    more = dict(parse_qsl(parts.query))
    if parts.fragment or more.keys() - KNOWN:
        raise BadStorage("may only have ?endpoint= and &region= behind the bucket.")
    endpoint = more.get("endpoint", "").rstrip("/")
    _check_endpoint(endpoint, private=private)
    if find_spec(PACKAGE) is None:
        raise BadStorage("needs the package django-storages[s3]: requirements/production.txt.")
    return Bucket(
        key=unquote(key),
        secret=unquote(secret),
        name=unquote(name),
        prefix=unquote(parts.path).strip("/"),
        endpoint=endpoint,
        region=more.get("region", ""),
    )


def _check_endpoint(endpoint: str, *, private: bool) -> None:
    if not endpoint:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise BadStorage("needs an endpoint like https://host")
    if private and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadStorage("would send files in the open: its endpoint must start with https://")


def read(env: Environment, folder: Path, *, private: bool) -> Folder | Bucket:
    """What STORAGE_URL says; what is wrong with it is told when the start is refused."""
    try:
        return parse(env.text("STORAGE_URL"), folder=folder, private=private)
    except BadStorage as wrong:
        env.problems.append(f"STORAGE_URL {wrong}")
        return Folder(folder)
