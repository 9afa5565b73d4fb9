"""Which data about people is kept, why, and for how long: each app fills it in ``AppConfig.ready``.

From it come the page that tells a person (UU PDP 27/2022), what they take away, and what an
erasure does. A test sees that every table that points at a person is named by some app.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

Erase = Callable[[int], None]


@dataclass(frozen=True)
class Table:
    """A table with rows about people.

    ``person`` is the lookup that leads to the account's number. ``hidden`` columns never leave
    the house: secrets, and what is about others. An erasure deletes the rows unless ``is_kept``.
    """

    model: str
    person: str
    hidden: tuple[str, ...] = ()
    is_kept: bool = False

    @property
    def rows(self) -> "models.QuerySet[Any]":
        found: models.QuerySet[Any] = apps.get_model(self.model)._default_manager.all()
        return found

    def columns(self) -> list[str]:
        fields = apps.get_model(self.model)._meta.concrete_fields
        binary = (models.BinaryField, models.GeneratedField)
        names = [field.attname for field in fields if not isinstance(field, binary)]
        return [name for name in names if name not in self.hidden]

    def export(self, user_id: int) -> Iterator[dict[str, Any]]:
        """Everything about the person, 2,000 rows at a time."""
        found = self.rows.filter(**{self.person: user_id}).order_by("pk")
        yield from found.values(*self.columns()).iterator(chunk_size=2000)


@dataclass(frozen=True)
class Record:
    """One kind of data, in words for the person whom it is about (lazy translations).

    ``erase`` does what deleting rows can't; it runs before the rows go. ``of_office`` names
    columns that only say which member of staff did something: they stay, without a name.
    ``subjects`` gives what the audit trail calls things of theirs without saying whose they are.
    """

    name: str
    title: Any
    why: Any
    kept: Any
    tables: tuple[Table, ...] = ()
    of_office: tuple[str, ...] = ()
    erase: Erase | None = None
    subjects: Callable[[int], list[str]] | None = None


_records: dict[str, Record] = {}


def add(record: Record) -> None:
    """Offer ``record``; the same name again replaces it."""
    _records[record.name] = record


def records() -> list[Record]:
    """All of them; the higher apps' first, as they point at the lower ones' rows."""
    return list(_records.values())


def export(user_id: int) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What is kept about the person: by record, then by table."""
    return {
        record.name: {table.model: list(table.export(user_id)) for table in record.tables}
        for record in records()
    }


def subjects(user_id: int) -> list[str]:
    """What of the person's the audit trail names without their account. A query for each app."""
    asked = [record.subjects for record in records() if record.subjects is not None]
    return [subject for of_record in asked for subject in of_record(user_id)]


def erase(user_id: int) -> None:
    """Delete or make nameless what is about the person, in the caller's transaction."""
    for record in records():
        if record.erase is not None:
            record.erase(user_id)
        for table in record.tables:
            if not table.is_kept:
                table.rows.filter(**{table.person: user_id}).delete()
