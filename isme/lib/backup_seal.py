"""Encrypted files of any size: read and written in pieces, so that memory stays small.

Each piece is sealed with AES-GCM; its number and whether it is the last are part of the seal,
so a piece that was altered, moved or cut off is found when the file is read.
"""

import io
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from isme.lib import room

MAGIC = b"ISMEBACKUP1\n"
PIECE = COPY_BYTES = 2**20
TAG = 16
SALT = 16
HEAD = struct.Struct(">I?")  # length of the sealed piece, whether it is the last


class Damaged(Exception):
    """Not one of our files, altered, cut off, or sealed with another key."""


def _cipher(salt: bytes) -> AESGCM:
    key = settings.BACKUP_KEY or settings.SECRET_KEY
    return AESGCM(HKDF(SHA256(), 32, salt, b"isme.backup").derive(key.encode()))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")  # the key is new for each file


class Target(Protocol):
    """All that is asked of a file that is written."""

    def write(self, data: bytes, /) -> int: ...


class SealedWriter(io.RawIOBase):
    """Writes into ``target``; only ``finish`` makes the file whole. Leaves ``target`` open."""

    def __init__(self, target: Target) -> None:
        salt = secrets.token_bytes(SALT)
        self._target, self._cipher = target, _cipher(salt)
        self._waiting, self._number = bytearray(), 0
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        self._waiting += view
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return view.nbytes

    def _put(self, piece: bytes, *, last: bool) -> None:
        head = HEAD.pack(len(piece) + TAG, last)
        self._target.write(head + self._cipher.encrypt(_nonce(self._number), piece, head))
        self._number += 1

    def finish(self) -> None:
        """Write the last piece. Without it the file counts as cut off."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()


class _Spared:
    """A file that leaves so many bytes of its disk to those who need them more."""

    def __init__(self, file: IO[bytes], leave: int) -> None:
        self._file, self._leave = file, leave
        self._folder = Path(file.name).parent

    def write(self, data: bytes) -> int:
        room.need(self._folder, len(data), leave=self._leave)
        return self._file.write(data)


@contextmanager
def sealed(path: Path, *, leave: int) -> Iterator[SealedWriter]:
    """Write a new file, readable by us alone, that is whole when the block ends well, else gone.

    Raises OSError before fewer than ``leave`` bytes of the disk are left.
    """
    with path.open("xb") as file:
        try:
            path.chmod(0o600)
            writer = SealedWriter(_Spared(file, leave))
            yield writer
            writer.finish()
        except BaseException:
            path.unlink()
            raise


def sealed_size(size: int) -> int:
    """How many bytes ``size`` bytes become."""
    pieces = max(1, -(-size // PIECE))
    return len(MAGIC) + SALT + pieces * (HEAD.size + TAG) + size


class SealedReader(io.RawIOBase):
    """Reads what SealedWriter wrote. Raises Damaged."""

    def __init__(self, source: IO[bytes]) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise Damaged("not an ISME backup file")
        self._source, self._cipher = source, _cipher(source.read(SALT))
        self._waiting, self._number, self._ended = b"", 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        while not self._waiting and not self._ended:
            self._waiting = self._get()
        view = memoryview(buffer)  # type: ignore[arg-type]
        count = min(len(view), len(self._waiting))
        view[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def _get(self) -> bytes:
        head = self._source.read(HEAD.size)
        if len(head) < HEAD.size:
            raise Damaged("the file is cut off")
        length, self._ended = HEAD.unpack(head)
        if length > PIECE + TAG:
            raise Damaged("a piece is longer than any")
        try:
            piece = self._cipher.decrypt(_nonce(self._number), self._source.read(length), head)
        except InvalidTag as error:
            raise Damaged("altered, cut off, or sealed with another key") from error
        self._number += 1
        return piece
