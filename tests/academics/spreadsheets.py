"""Hostile and awkward spreadsheets, made by hand where no library would make them."""

import io
import stat
import struct
import zipfile
from typing import Any

import xlsxwriter

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<?xml version="1.0"?><Relationships {RELS}><Relationship Id="rId1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<?xml version="1.0"?><workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships {RELS}><Relationship '
    f'Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def archive(entries: dict[str, Any], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target.getvalue()


def by_hand(sheet: str, *, doctype: str = "") -> bytes:
    """A workbook whose only sheet has ``sheet`` as its rows, in XML."""
    xml = f'<?xml version="1.0"?>{doctype}<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>'
    return archive({**PARTS, "xl/worksheets/sheet1.xml": xml})


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def padded_bomb(megabytes: int = 58) -> bytes:
    """A few hundred kilobytes that unpack to ``megabytes`` of rows (measured: ratio 236)."""
    row = f'<row><c t="inlineStr"><is><t>{"x" * 200}</t></is></c></row>'
    return by_hand(row * (megabytes * 1024 * 1024 // len(row)))


def far_cell() -> bytes:
    """Some 1,500 bytes whose one cell lies in the last corner: 1,048,576 rows for a naive reader."""
    return by_hand(f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>')


def many_rows(rows: int) -> bytes:
    return by_hand("<row><c><v>1</v></c></row>" * rows)


def laughs() -> bytes:
    """Entities that would grow to gigabytes."""
    grown = ["haha" * 10, *(f"&l{n};" * 10 for n in range(9))]
    entities = "".join(f'<!ENTITY l{n} "{text}">' for n, text in enumerate(grown))
    return by_hand(
        f'<row r="1">{text_cell("A1", "&l9;")}</row>', doctype=f"<!DOCTYPE w [{entities}]>"
    )


def outward(path: str) -> bytes:
    """An entity that would read ``path`` of the server."""
    return by_hand(
        f'<row r="1">{text_cell("A1", "&x;")}</row>',
        doctype=f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{path}">]>',
    )


def with_entry(name: str, content: bytes = b"x", *, mode: int = 0) -> bytes:
    """A good workbook with one more file in its archive."""
    target = io.BytesIO(by_hand(f'<row r="1">{text_cell("A1", "x")}</row>'))
    with zipfile.ZipFile(target, "a") as file:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        file.writestr(info, content)
    return target.getvalue()


def symlink() -> bytes:
    return with_entry("xl/link.xml", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)


def encrypted() -> bytes:
    """Every entry is flagged as encrypted, as some tools do."""
    raw = bytearray(by_hand(f'<row r="1">{text_cell("A1", "x")}</row>'))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 4)
    return bytes(raw)


def crowded(entries: int = 2_000) -> bytes:
    return archive({**PARTS, **{f"xl/{n}.xml": "" for n in range(entries)}})


def lying_directory() -> bytes:
    """An end record that claims 60,000 entries: whoever believes it builds a huge list."""
    raw = bytearray(by_hand(""))
    at = raw.rfind(b"PK\x05\x06")
    raw[at + 8 : at + 12] = struct.pack("<HH", 60_000, 60_000)
    return bytes(raw)


def dated(*, since_1904: bool) -> bytes:
    from datetime import date

    target = io.BytesIO()
    options = {"in_memory": True, "date_1904": since_1904}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_datetime(
            0, 0, date(2026, 8, 31), book.add_format({"num_format": "dd-mm-yyyy"})
        )
    return target.getvalue()
