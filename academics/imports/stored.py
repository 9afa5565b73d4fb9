"""The kinds of stored files that belong to imports, and who may fetch them."""

from dataclasses import dataclass
from typing import Any

from academics.imports.rules import can_import
from academics.models import ImportJob
from isme.lib import files
from isme.lib.models import StoredFile

FILE, MARKED = "academics.import", "academics.import_marked"
MOST_BYTES = 10 * 1024 * 1024
XLSX = files.Format(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    (".xlsx",),
    lambda head: head.startswith(b"PK\x03\x04"),
)
BOMS = (b"\xff\xfe", b"\xfe\xff")
# Text can't be told by its first bytes; what is no table is found out where it is read.
CSV = files.Format(
    "text/csv",
    (".csv",),
    lambda head: head.startswith(BOMS) or _may_be_text(head),
)


def _may_be_text(head: bytes) -> bool:
    """No archive, and no zeros but those of UTF-16, where every second byte is one."""
    zeros = head.count(b"\0")
    return not head.startswith(b"PK\x03\x04") and (zeros == 0 or zeros * 3 >= len(head))


@dataclass(frozen=True)
class MarkedType:
    content_type: str = XLSX.content_type
    stem: str = "periksa"


MARKED_TYPE = MarkedType()


def _may_read(user: Any, stored: StoredFile) -> bool:
    """Whoever may see the import may have its files: one query."""
    field = "file" if stored.kind == FILE else "marked_file"
    kind = ImportJob.objects.filter(**{field: stored.pk}).values_list("kind", flat=True).first()
    return kind is not None and can_import(user, kind)


UPLOADED = files.Kind(FILE, MOST_BYTES, (XLSX, CSV), _may_read)
SENT_BACK = files.Kind(MARKED, 4 * MOST_BYTES, (XLSX,), _may_read)
