"""What the rest asks of stored files, wherever they lie, and the folder that answers it.

The other answer is isme.lib.bucket, which is only imported where STORAGE_URL names a bucket.
"""

from collections.abc import Iterator
from typing import IO, Protocol, cast

from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext_lazy as _

CHUNK_BYTES = 64 * 1024
# Beside what was typed, which stays in its form.
AWAY = _(
    "Files can't be stored at the moment, so nothing was saved. What you typed is still here:"
    " choose the file again and send it in a minute."
)


class Piece(Protocol):
    """Some bytes of a file on their way; closed by whoever asked, read or not."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class Store(Protocol):
    """What a storage can do beyond Django's own."""

    where: str  # for operators, without secrets
    is_folder: bool  # nginx may send its files, and a backup packs them

    def versioning(self) -> str:
        """Whether what is deleted can be brought back: on, off or unknown."""

    def ping(self) -> None:
        """Ask whether it is there: 1 request at most. Raises OSError."""

    def piece(self, path: str, start: int, end: int) -> Piece:
        """The bytes from ``start`` up to ``end``.

        Raises FileNotFoundError and StoreAway here, before a header is sent; StoreAway also
        while it is read.
        """


def store() -> Store:
    """The storage of the settings."""
    return cast("Store", default_storage)


class FilePiece:
    """Part of an open file."""

    def __init__(self, file: IO[bytes], start: int, end: int) -> None:
        self._file, self._left = file, end - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (chunk := self._file.read(min(CHUNK_BYTES, self._left))):
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._file.close()


class FolderStorage(FileSystemStorage):
    """A folder of this machine, or one that several share."""

    is_folder = True

    @property
    def where(self) -> str:
        return str(self.location)

    def versioning(self) -> str:
        return "off"

    def ping(self) -> None:
        """Its disk has a check of its own."""

    def piece(self, path: str, start: int, end: int) -> Piece:
        return FilePiece(cast("IO[bytes]", self.open(path, "rb")), start, end)
