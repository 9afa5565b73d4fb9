"""Stored files: who may put in what, where it lies, and who may fetch it.

The app that owns a kind registers it in ``AppConfig.ready``. A file lies under a random name
outside the web root; the one way to it is ``/files/<id>/<name>``, which asks the kind's rule.
"""

import hashlib
import io
import secrets
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from isme.lib import images, jobs, room
from isme.lib.models import StoredFile
from isme.lib.outage import StoreAway

NAME_CHARACTERS = 120
HEAD_BYTES = 16
READ_BYTES = 64 * 1024
LONGEST_SIDE = 2400  # pixels of a picture among documents
WEBP = "image/webp"


class BadFile(Exception):
    """The file is refused; the text says why, in the person's language."""


class UnknownFileKind(Exception):
    """No app registered this kind of file."""


@dataclass(frozen=True)
class Format:
    """A format by what its names end in, what its bytes begin with, and what is inside.

    ``inside(content)`` reads what the first bytes can't tell and raises BadFile.
    """

    content_type: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], bool]
    inside: Callable[[IO[Any]], None] | None = None


JPEG = Format("image/jpeg", (".jpg", ".jpeg"), lambda head: head.startswith(b"\xff\xd8\xff"))
PNG = Format("image/png", (".png",), lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"))
WEBP_IMAGE = Format(
    WEBP, (".webp",), lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"
)
PDF = Format("application/pdf", (".pdf",), lambda head: head.startswith(b"%PDF-"))
IMAGES = (JPEG, PNG, WEBP_IMAGE)


@dataclass(frozen=True)
class Kind:
    """The rules of one kind.

    A picture is kept as WebP: ``square`` of that many pixels, or whole with its longer side at
    most ``longest``. ``may_read(user, stored)`` is asked at every fetch by a signed-in person.
    """

    name: str
    max_bytes: int
    formats: tuple[Format, ...]
    may_read: Callable[[Any, StoredFile], bool]
    square: int | None = None
    longest: int | None = None

    @property
    def is_picture(self) -> bool:
        return self.square is not None or self.longest is not None


@dataclass(frozen=True)
class Checked:
    """A file that keeps the rules of its kind, ready to be stored."""

    kind: Kind
    name: str
    content_type: str
    content: IO[Any]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make ``kind`` known. Raises ValueError for a name that is taken."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"Two kinds of file are named {kind.name}.")


def kind_named(name: str) -> Kind:
    """Raises UnknownFileKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownFileKind(f"Nobody registered files of kind {name!r}.") from None


def check(upload: UploadedFile, *, kind: str) -> Checked:
    """Look at name, size and content; encode pictures anew. No query. Raises BadFile."""
    rules = kind_named(kind)
    size = upload.size or 0
    if not size:
        raise BadFile(_("This file is empty. Choose another one."))
    if size > rules.max_bytes:
        limit = filesizeformat(rules.max_bytes)
        raise BadFile(_("This file is too large: at most %(limit)s.") % {"limit": limit})
    name = clean_name(upload.name or "")
    content: IO[Any] = upload.file if upload.file is not None else io.BytesIO()
    content.seek(0)
    head = content.read(HEAD_BYTES)
    content.seek(0)
    suffix = PurePath(name).suffix.lower()
    fitting = [f for f in rules.formats if suffix in f.suffixes and f.begins(head)]
    if not fitting:
        endings = ", ".join(f.suffixes[0][1:].upper() for f in rules.formats)
        raise BadFile(_("Choose a file of this format: %(formats)s.") % {"formats": endings})
    if fitting[0].inside is not None:
        fitting[0].inside(content)
        content.seek(0)
    if not rules.is_picture and fitting[0] not in IMAGES:
        return Checked(rules, name, fitting[0].content_type, content)
    encoded = io.BytesIO(_picture(content, rules))
    return Checked(rules, f"{PurePath(name).stem}.webp", WEBP, encoded)


def _picture(content: IO[Any], rules: Kind) -> bytes:
    try:
        if rules.square is not None:
            return images.square_webp(content, rules.square)
        return images.whole_webp(content, rules.longest or LONGEST_SIDE)
    except images.TooManyPixels:
        raise BadFile(_("This picture has too many pixels. Make it smaller first.")) from None
    except images.BadImage:
        raise BadFile(_("This picture is damaged and can't be read.")) from None


def clean_name(given: str) -> str:
    """The last part of ``given`` without anything that could deceive a header or an eye."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    # Category C: control characters, and the marks that turn the direction of writing.
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\"'<>")
    path = PurePath(kept.strip(". ") or "file")
    return path.stem[: NAME_CHARACTERS - 20] + path.suffix[:20]


def keep(checked: Checked, *, owner_id: int) -> StoredFile:
    """Write the file, then its row, in the caller's transaction. One query.

    A transaction that rolls back leaves a file that no row names, and nobody can fetch. Raises
    OSError while there is still room for the database, and StoreAway from a bucket.
    """
    digest, size = _digest(checked.content)
    if isinstance(default_storage, FileSystemStorage):
        room.need(Path(default_storage.location), size, leave=room.FOR_UPLOADS)
    token = secrets.token_hex(24)
    path = default_storage.save(f"{token[:2]}/{token}", File(checked.content))
    try:
        return StoredFile.objects.create(
            kind=checked.kind.name,
            owner_id=owner_id,
            path=path,
            name=checked.name,
            content_type=checked.content_type,
            size=size,
            sha256=digest,
        )
    except BaseException:
        with suppress(StoreAway):  # else the sweep finds it tomorrow
            default_storage.delete(path)
        raise


def _digest(content: IO[Any]) -> tuple[str, int]:
    digest = hashlib.sha256()
    content.seek(0)
    while chunk := content.read(READ_BYTES):
        digest.update(chunk)
    size = content.tell()
    content.seek(0)
    return digest.hexdigest(), size


def store(upload: UploadedFile, *, kind: str, owner_id: int) -> StoredFile:
    """Check and keep in one. Raises BadFile."""
    return keep(check(upload, kind=kind), owner_id=owner_id)


@transaction.atomic
def remove(pk: int) -> None:
    """Delete the row now; a job deletes the file after the commit. Unknown ids are no error."""
    path = StoredFile.objects.filter(pk=pk).values_list("path", flat=True).first()
    if path is not None:
        StoredFile.objects.filter(pk=pk).delete()
        jobs.enqueue("lib.delete_file", key=path, path=path)


def delete_unnamed(path: str) -> None:
    """Delete the file unless a row names it. One query; safe to repeat."""
    if not StoredFile.objects.filter(path=path).exists():
        default_storage.delete(path)


def readable(user: Any, pk: int) -> StoredFile | None:
    """The file if ``user`` may fetch it; one query and those of the kind's rule.

    A kind that no app owns any more is nobody's.
    """
    stored = StoredFile.objects.filter(pk=pk).first()
    kind = _kinds.get(stored.kind) if stored else None
    if stored is None or kind is None or not kind.may_read(user, stored):
        return None
    return stored


def shown_inline(stored: StoredFile) -> bool:
    """Only what we encoded ourselves may open in the browser instead of being downloaded."""
    kind = _kinds.get(stored.kind)
    return kind is not None and kind.is_picture and stored.content_type == WEBP
