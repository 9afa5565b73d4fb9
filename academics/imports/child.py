"""Reads one hostile spreadsheet. Runs alone: ``python -I child.py '{"format": "xlsx", ...}' < file``.

A process of its own that knows no secret, can write no file and has hard limits of memory and
CPU time: whatever a workbook does to its reader, it does to nobody else. It says what it read as
lines of JSON: {"sheet": name}, [row number, [cells]] ..., and {"done": true} or {"refused": code}
at the end. No last line means that a limit ended it. Knows nothing of Django.
"""

import codecs
import csv
import io
import json
import math
import os
import resource
import stat
import struct
import sys
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
MOST_ENTRIES = 500
MOST_DIRECTORY_BYTES = 256 * 1024
MOST_UNPACKED_BYTES = 80 * 1024 * 1024
SMALL_BYTES = 4 * 1024 * 1024  # below it no ratio is suspicious
MOST_RATIO = 120  # measured: office files 5 to 25, a padded sheet 236
END_OF_DIRECTORY = b"PK\x05\x06"
CELL_CHARACTERS = 1000
MOST_SHEETS = 20
SAFE_DIGITS = 15  # Excel keeps no more of a number
DELIMITERS = (",", ";", "\t", "|")


class Refused(Exception):
    """The file is not read. ``code`` says why; the words are the parent's."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Limits:
    """Rows with content in the whole file, and columns, counted from 1."""

    def __init__(self, rows: int, columns: int) -> None:
        self.most_rows = rows
        self.columns = columns
        self.rows = 0

    def count(self) -> None:
        self.rows += 1
        if self.rows > self.most_rows:
            raise Refused("too_many_rows", most=self.most_rows)


def confine() -> None:
    """Take away what a reader does not need: memory, time, files. Before anything is parsed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(line: object) -> None:
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


# --- Zip: refused before it is unpacked ------------------------------------------------------


def check_archive(file: BinaryIO) -> None:
    """Look at the directory of the zip only. Raises Refused for bombs and what Excel never makes."""
    _check_directory_size(file)
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            entries = archive.infolist()
    except (BadZipFile, LargeZipFile, NotImplementedError, UnicodeDecodeError, struct.error):
        raise Refused("damaged") from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MOST_UNPACKED_BYTES:
        raise Refused("bomb")
    if unpacked > SMALL_BYTES and unpacked > MOST_RATIO * max(packed, 1):
        raise Refused("bomb")
    for entry in entries:
        _check_entry(entry.filename, entry.flag_bits, entry.external_attr >> 16)


def _check_entry(name: str, flags: int, mode: int) -> None:
    if flags & 0x1:
        raise Refused("encrypted")
    if stat.S_ISLNK(mode) or name.startswith("/") or ".." in name.split("/") or "\\" in name:
        raise Refused("damaged")
    if name.lower().endswith("vbaproject.bin"):
        raise Refused("macros")


def _check_directory_size(file: BinaryIO) -> None:
    """Before zipfile reads it: a directory of a million names is a bomb of its own."""
    size = file.seek(0, os.SEEK_END)
    tail_bytes = min(size, 65_557)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    at = tail.rfind(END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        raise Refused("damaged")
    entries, directory_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > MOST_ENTRIES or directory_bytes > MOST_DIRECTORY_BYTES:
        raise Refused("bomb")


# --- xlsx ----------------------------------------------------------------------------------------


def read_xlsx(file: BinaryIO, limits: Limits) -> None:
    check_archive(file)
    import openpyxl

    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise SystemExit("openpyxl must parse with defusedxml and nothing else")
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):
        def parse_formula(self, element: Any) -> str:
            return "="  # which formula it is doesn't matter: its value would be a guess

    warnings.simplefilter("ignore")
    file.seek(0)
    book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    sheets = [s for s in book._sheets if isinstance(s, ReadOnlyWorksheet)]
    for sheet in [s for s in sheets if s.sheet_state == "visible"][:MOST_SHEETS]:
        tell({"sheet": clean(sheet.title)[:60]})
        with sheet._get_source() as source:
            parser = Parser(
                source,
                sheet._shared_strings,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            tell_rows(rows_of(parser.parse(), limits.columns), limits)


def rows_of(parsed: Iterable[Any], columns: int) -> Iterator[tuple[int, list[Any]]]:
    for number, cells in parsed:
        row: list[Any] = [None] * columns
        for cell in cells:
            value = plain(cell["value"], cell["data_type"])
            if value is None:
                continue
            if cell["column"] > columns:
                raise Refused("too_many_columns", most=columns, row=number)
            row[cell["column"] - 1] = value
        yield number, row


def plain(value: Any, data_type: str) -> Any:
    """The cell as JSON: text, whole number, {"d": date}, {"n": number as text}, {"bad": why}."""
    if data_type == "f":
        return {"bad": "formula"}
    if data_type == "e":
        return {"bad": "error_value", "text": str(value)[:20]}
    return None if value is None or value == "" else plain_value(value)


def plain_value(value: Any) -> Any:
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, datetime):
        only_date = value.time() == time.min
        return {"d": (value.date() if only_date else value).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return clean(str(value)) or None


def number(value: float) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            return {"bad": "error_value", "text": str(value)}
        if not value.is_integer():
            return {"n": repr(value)}
        value = int(value)
    if abs(value) >= 10**SAFE_DIGITS:
        return {"bad": "rounded", "text": str(value)[:40]}
    return value


def clean(text: str) -> str:
    """Trimmed; what no database and no eye can take becomes U+FFFD, which every column refuses."""
    kept = text[: CELL_CHARACTERS + 1].strip()
    return "".join(
        c if c.isprintable() or c == "\n" else " " if c.isspace() else "\ufffd" for c in kept
    )


# --- csv -----------------------------------------------------------------------------------------


def read_csv(file: BinaryIO, limits: Limits) -> None:
    text = decoded(file.read())
    csv.field_size_limit(CELL_CHARACTERS * 4)
    head = text[:8000].splitlines()[0] if text else ""
    delimiter = max(DELIMITERS, key=head.count)
    tell({"sheet": "CSV"})
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    tell_rows(csv_rows(reader, limits.columns), limits)


def csv_rows(reader: Iterable[list[str]], columns: int) -> Iterator[tuple[int, list[Any]]]:
    for count, fields in enumerate(reader, start=1):
        cells = [csv_cell(field) for field in fields]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > columns:
            raise Refused("too_many_columns", most=columns, row=count)
        yield count, cells


def csv_cell(field: str) -> Any:
    text = clean(field)
    return {"bad": "formula", "text": text} if text.startswith("=") else text or None


def decoded(raw: bytes) -> str:
    """BOM decides; else UTF-8, UTF-16 by its zeros, or what Excel on Windows writes."""
    boms = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"))
    named = [name for bom, name in (*boms, (codecs.BOM_UTF16_BE, "utf-16")) if raw.startswith(bom)]
    sample = raw[:400]
    if not named and b"\0" in sample:
        # Western text in UTF-16 has a zero in every second byte.
        named = ["utf-16-le" if sample[1::2].count(0) > len(sample) // 4 else "utf-16-be"]
        if sample.count(0) < len(sample) // 4:
            raise Refused("not_text")
    for encoding in named or ["utf-8", "cp1252"]:
        try:
            return raw.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise Refused("not_text")


# --- Both ----------------------------------------------------------------------------------------


def tell_rows(rows: Iterable[tuple[int, list[Any]]], limits: Limits) -> None:
    for row_number, cells in rows:
        if any(cell is not None for cell in cells):
            limits.count()
            while cells[-1] is None:
                cells.pop()
            tell([row_number, cells])


READERS = {"xlsx": read_xlsx, "csv": read_csv}


def main() -> None:
    asked = json.loads(sys.argv[1])
    confine()
    limits = Limits(asked["rows"], asked["columns"])
    try:
        READERS[asked["format"]](sys.stdin.buffer, limits)
    except Refused as refusal:
        tell({"refused": refusal.code, **refusal.params})
    except MemoryError:
        tell({"refused": "too_heavy"})
    except Exception as error:  # noqa: BLE001 (whatever a broken file makes a parser raise)
        tell({"refused": "damaged", "error": type(error).__name__})
    else:
        tell({"done": True})


if __name__ == "__main__":
    main()
