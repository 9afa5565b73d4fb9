"""Stored files in a bucket of an S3-compatible store. See isme/decisions/0027-*.

A thread waits at most 2 s for a connection and 5 s for the next bytes, in two tries where nobody
waits for a page. What goes wrong is FileNotFoundError or StoreAway, and nothing else.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from storages.backends.s3 import S3Storage

from isme.lib.outage import StoreAway, store_breaker
from isme.lib.storage import CHUNK_BYTES, Piece

CONNECT_SECONDS = 2
READ_SECONDS = 5
TRIES = 2
IN_MEMORY = 2 * 1024 * 1024  # of a file that is read as a whole; more lies in a temporary one

# "404" is the answer to HEAD, which has no body. A bucket that is not there is no missing file.
MISSING = {"404", "NoSuchKey"}


def _config(*, own_names: bool) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        # While a person waits, others may wait for the rows that their request has locked.
        retries={"total_max_attempts": 1 if settings.IS_WEB else TRIES, "mode": "standard"},
        signature_version="s3v4",
        # The store compares what came with the signed SHA-256: each of them can, while the newer
        # checksums, on by default, are Amazon's. Names in the host need a certificate for each.
        s3={
            "addressing_style": "path" if own_names else "auto",
            "payload_signing_enabled": True,
        },
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
    )


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what went wrong, and remember whether the store answers."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in MISSING:
            store_breaker.succeeded()
            raise FileNotFoundError(str(error)) from error
        store_breaker.failed()
        raise StoreAway(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        store_breaker.failed()
        raise StoreAway(str(error)) from error
    else:
        store_breaker.succeeded()


@contextmanager
def answering() -> Iterator[None]:
    """Ask the store; once it was away twice, nobody asks for 5 s. Raises as the module says."""
    if store_breaker.is_open:
        raise StoreAway("the store was away a moment ago")
    with _told():
        yield


class BodyPiece:
    """The body of an answer."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        chunks = self._body.iter_chunks(CHUNK_BYTES)
        while True:
            with _told():  # whatever happens to others: this answer is under way
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    def close(self) -> None:
        self._body.close()


class BucketStorage(S3Storage):
    """Files under random names, private, never overwritten, with no address of their own."""

    is_folder = False

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            file_overwrite=False,
            querystring_auth=False,
            # What stands in AWS_ variables is meant for other programs.
            session_profile=None,
            security_token=None,
            client_config=_config(own_names=bool(options["endpoint_url"])),
            # A thread of a page's own process must not start ten others.
            transfer_config=TransferConfig(use_threads=False),
        )
        self._lock = threading.Lock()
        self._session: Any = None

    @property
    def where(self) -> str:
        host = f" at {self.endpoint_url}" if self.endpoint_url else ""
        return f"s3://{self.bucket_name}/{self.location}{host}"

    # One session for all threads: each would read a megabyte of descriptions. It may only be
    # used by one at a time; what it makes may not, and the parent makes that for each thread.

    def _create_session(self) -> Any:
        if self._session is None:
            self._session = super()._create_session()
        return self._session

    @property
    def connection(self) -> Any:
        with self._lock:
            return super().connection

    # --- What Django asks -----------------------------------------------------------------------

    def _open(self, name: str, mode: str = "rb") -> File:
        """The whole file, fetched here: who reads it later meets no store that is away."""
        if mode != "rb":
            raise ValueError(f"A stored file is only read, not opened with {mode!r}.")
        content = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the caller's)
        with answering():
            body = self._get(name)
        with closing(BodyPiece(body)) as piece:
            for chunk in piece:
                content.write(chunk)
        content.seek(0)
        return File(content, name)

    def _save(self, name: str, content: Any) -> str:
        with answering():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with answering():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with answering():
            return bool(super().exists(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with answering():
            folders, names = super().listdir(name)
        return folders, names

    def size(self, name: str) -> int:
        with answering():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> Any:
        with answering():
            return super().get_modified_time(name)

    def url(self, name: str | None, *more: Any, **words: Any) -> str:
        raise ValueError("Stored files have no address of their own: /files/<id>/<name>.")

    # --- What we ask ----------------------------------------------------------------------------

    def versioning(self) -> str:
        client = self.connection.meta.client
        try:
            with answering():
                answer = client.get_bucket_versioning(Bucket=self.bucket_name)
        except OSError:  # not each store has it, and not each key may ask
            return "unknown"
        return "on" if answer.get("Status") == "Enabled" else "off"

    def ping(self) -> None:
        with answering():
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)

    def piece(self, path: str, start: int, end: int) -> Piece:
        with answering():
            return BodyPiece(self._get(path, Range=f"bytes={start}-{end - 1}"))

    def _get(self, name: str, **more: str) -> Any:
        client, key = self.connection.meta.client, self._normalize_name(name)
        return client.get_object(Bucket=self.bucket_name, Key=key, **more)["Body"]
