"""The column that holds a post's place in its tree."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

SEGMENT_BYTES = 4
MOST_DEPTH = 10


class PathField(models.BinaryField):
    """A path that sorts byte by byte; short enough for an index, unlike a plain blob."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor == "mysql":
            return f"varbinary({MOST_DEPTH * SEGMENT_BYTES})"
        kind: Any = super().db_type(connection)
        return kind  # type: ignore[no-any-return]


def segment(number: int) -> bytes:
    return number.to_bytes(SEGMENT_BYTES, "big")


def after_branch(path: bytes) -> bytes:
    """The first path behind the branch that grows from ``path`` (not empty)."""
    return (int.from_bytes(path, "big") + 1).to_bytes(len(path), "big")
