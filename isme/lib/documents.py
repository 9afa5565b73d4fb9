"""Formats of documents and media, known by their content and not only by their names.

Office files and archives are zip containers: their directory is read, nothing is unpacked.
Limits on it keep out files that swell when somebody opens them.
"""

import zipfile
from typing import IO, Any

from django.utils.translation import gettext as _

from isme.lib.files import BadFile, Format

ZIP_HEAD, OLE_HEAD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_ENTRIES = 2000
MOST_UNPACKED_BYTES = 500 * 1024 * 1024
MOST_RATIO = 100
RATIO_FREE_BYTES = 1024 * 1024  # an empty table of 1 MB is no bomb, whatever its ratio
TEXT_BYTES = 64 * 1024
DIRECTORY_BYTES = 4 * 1024 * 1024


def _is_zip(head: bytes) -> bool:
    return head.startswith(ZIP_HEAD)


def _is_ole(head: bytes) -> bool:
    return head.startswith(OLE_HEAD)


def _directory(content: IO[Any]) -> list[zipfile.ZipInfo]:
    """The entries of a zip, within the limits. Raises BadFile."""
    try:
        with zipfile.ZipFile(content) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise BadFile(_("This file is damaged and can't be read.")) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > MOST_UNPACKED_BYTES
        or (unpacked > RATIO_FREE_BYTES and unpacked > MOST_RATIO * max(packed, 1))
        or sum(len(entry.filename) + len(entry.extra) for entry in entries) > DIRECTORY_BYTES
    ):
        raise BadFile(_("This file unpacks to far more than it should. Save it anew."))
    return entries


def archive_inside(content: IO[Any]) -> None:
    """A zip within the limits, without paths that lead out of its folder."""
    for entry in _directory(content):
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")):
            raise BadFile(_("This archive holds paths that lead out of it. Pack it anew."))
        if entry.flag_bits & 1:
            raise BadFile(_("This archive has a password. Pack it without one."))


def _office(folder: str) -> Any:
    def inside(content: IO[Any]) -> None:
        names = {entry.filename for entry in _directory(content)}
        is_office = "[Content_Types].xml" in names and any(n.startswith(folder) for n in names)
        if not is_office:
            raise BadFile(_("This file isn't what its name says."))
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise BadFile(_("This file holds macros. Save it without them."))

    return inside


def _text_inside(content: IO[Any]) -> None:
    head = content.read(TEXT_BYTES)
    if b"\0" in head:
        raise BadFile(_("This file isn't what its name says."))


def _open_xml(name: str, suffix: str, folder: str) -> Format:
    kind = f"application/vnd.openxmlformats-officedocument.{name}"
    return Format(kind, (suffix,), _is_zip, _office(folder))


DOCX = _open_xml("wordprocessingml.document", ".docx", "word/")
XLSX = _open_xml("spreadsheetml.sheet", ".xlsx", "xl/")
PPTX = _open_xml("presentationml.presentation", ".pptx", "ppt/")
DOC = Format("application/msword", (".doc",), _is_ole)
XLS = Format("application/vnd.ms-excel", (".xls",), _is_ole)
PPT = Format("application/vnd.ms-powerpoint", (".ppt",), _is_ole)
TXT = Format("text/plain", (".txt",), lambda head: b"\0" not in head, _text_inside)
ZIP = Format("application/zip", (".zip",), _is_zip, archive_inside)
RAR = Format("application/vnd.rar", (".rar",), lambda head: head.startswith(b"Rar!\x1a\x07"))
MP4 = Format("video/mp4", (".mp4",), lambda head: head[4:8] == b"ftyp")
MP3 = Format(
    "audio/mpeg",
    (".mp3",),
    lambda head: head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")),
)
WAV = Format(
    "audio/wav", (".wav",), lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE"
)
OFFICE = (DOCX, XLSX, PPTX, DOC, XLS, PPT)
MEDIA = (MP4, MP3, WAV)
