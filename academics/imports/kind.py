"""What one kind of spreadsheet is: its columns, its key, and how its rows meet the database."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from academics.imports.cells import Bad, Parser, is_blank, is_dash

Words = str | Promise


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell; ``column`` is "" for the whole row."""

    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> list[Any]:
        return [self.column, self.code, self.params]


@dataclass
class Draft:
    """A row on its way: raw cells by column, then values, problems, and what it would change.

    ``before`` is what the database holds under the row's key: None if that is nothing.
    """

    sheet: str
    number: int
    cells: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    target: int | None = None
    before: dict[str, Any] | None = None

    def bad(self, column: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(column, code, params))

    def is_good(self, *columns: str) -> bool:
        """Whether all of ``columns`` have a value."""
        return all(self.values.get(column) not in (None, "") for column in columns)

    @property
    def changes(self) -> dict[str, list[Any]]:
        """Column -> [now, new]; a cell that was left empty changes nothing."""
        before = self.before
        if before is None:
            return {}
        return {
            column: [before[column], value]
            for column, value in self.values.items()
            if value is not None and column in before and not same(value, before[column])
        }

    @property
    def outcome(self) -> str:
        if self.problems:
            return "wrong"
        if self.before is None:
            return "new"
        return "changed" if self.changes else "unchanged"


def same(one: Any, other: Any) -> bool:
    """Lists of names are equal in any order and case; nothing is nothing, text or list."""
    empty: tuple[Any, ...] = ("", [], None)
    if one in empty and other in empty:
        return True
    if isinstance(one, list) and isinstance(other, list):
        return {fold(name) for name in one} == {fold(name) for name in other}
    return bool(one == other)


def targets_of(drafts: Iterable[Draft]) -> list[int]:
    return [draft.target for draft in drafts if draft.target is not None]


def news_of(drafts: Iterable[Draft]) -> dict[int, dict[str, Any]]:
    """Target -> column -> new value, of what changes."""
    return {
        draft.target: {column: new for column, (_now, new) in draft.changes.items()}
        for draft in drafts
        if draft.target is not None
    }


def earlier_of(drafts: Iterable[Draft]) -> dict[int, dict[str, Any]]:
    """Target -> column -> value of before, of what changed."""
    return {
        draft.target: {column: old for column, (old, _new) in draft.changes.items()}
        for draft in drafts
        if draft.target is not None
    }


def fold(name: str) -> str:
    """``name`` as MariaDB's collation compares names: without case and accents."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold().strip()


@dataclass(frozen=True)
class Column:
    """One column: its headers, how its cells are read, and what the template says of it."""

    name: str
    label: Words
    parse: Parser
    aliases: tuple[str, ...] = ()
    required: bool = False
    clearable: bool = False
    hint: Words = ""
    example: str = ""

    def read(self, draft: Draft) -> None:
        """Put the cell's value, or its problem, into ``draft``."""
        raw = draft.cells.get(self.name)
        if is_blank(raw):
            if self.required:
                draft.bad(self.name, "required")
            return
        if self.clearable and is_dash(raw):
            draft.values[self.name] = ""
            return
        try:
            draft.values[self.name] = self.parse(raw)
        except Bad as refusal:
            draft.bad(self.name, refusal.code, **refusal.params)


def header_key(text: str) -> str:
    """``text`` as headers are compared: case, accents' form, punctuation and spaces aside."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^0-9a-z]+", " ", folded).strip()


@dataclass
class Context:
    """What a batch is about beside its rows, and what is worth saying about it as a whole.

    ``notices`` counts by code, so that nothing the file didn't say happens silently. ``made``
    are keys of what a commit made on the way (classes for their members, say), for the undo;
    ``moved`` are people whose places it changed.
    """

    term_id: int = 0  # 0: none was chosen
    actor_id: int | None = None
    columns: Collection[str] = ()
    notices: dict[str, int] = field(default_factory=dict)
    made: dict[str, list[int]] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    progress: Callable[[int], None] = lambda _done: None
    memory: dict[str, Any] = field(default_factory=dict)

    def notice(self, code: str, times: int = 1) -> None:
        if times:
            self.notices[code] = self.notices.get(code, 0) + times


class Kind:
    """A kind of import. A subclass declares, and fills in the five methods that touch the data.

    ``unread`` are headers that are known and deliberately not read (header -> notice code).
    """

    name: ClassVar[str]
    title: ClassVar[Words]
    what: ClassVar[Words]  # "students", in the middle of a sentence
    columns: ClassVar[tuple[Column, ...]]
    key: ClassVar[tuple[str, ...]]
    term: ClassVar[str] = ""  # whether a term is chosen with the file: "", "may" or "must"
    settles: ClassVar[bool] = False
    unread: ClassVar[dict[str, str]] = {}
    address: ClassVar[str] = ""  # where the result can be looked at

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @cache  # noqa: B019 (there is one of each kind, for ever)
    def headers(self) -> dict[str, str]:
        """Every header that is understood -> column name: also the labels, in each language."""
        known = {header_key(column.name): column.name for column in self.columns}
        for language, _name in settings.LANGUAGES:
            with override(language):
                known |= {header_key(str(c.label)): c.name for c in self.columns}
        for column in self.columns:
            known |= {header_key(alias): column.name for alias in column.aliases}
        return known

    def names_of(self, draft: Draft) -> Iterable[tuple[str, str]]:
        """(column, value) pairs that no other row of the file may have. The key by default."""
        if draft.is_good(*self.key):
            yield self.key[-1], "\t".join(str(draft.values[part]) for part in self.key)

    def look_up(self, drafts: Sequence[Draft], context: Context) -> None:
        """Set ``target`` and ``before`` of rows that exist; add what the database objects to."""
        raise NotImplementedError

    def settle(self, drafts: Sequence[Draft], context: Context) -> None:
        """After the last row: what only the whole file can tell (a class that overflows).

        A kind that needs it sets ``settles``: then all rows are kept in memory until here.
        """

    def lock(self, targets: Sequence[int], context: Context) -> None:
        """Lock what the batch will touch, in the order of its keys, before it is checked anew."""
        raise NotImplementedError

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        """Write rows that are new, return their keys in order."""
        raise NotImplementedError

    def update(self, drafts: Sequence[Draft], context: Context) -> None:
        """Write the changes of rows that exist: all at once, and before the new rows."""
        raise NotImplementedError

    def current(self, drafts: Sequence[Draft], context: Context) -> dict[int, dict[str, Any]]:
        """What the database holds now of the drafts' targets: the shape of ``Draft.before``.

        Targets that are gone are missing.
        """
        raise NotImplementedError

    def hanging(self, targets: Sequence[int]) -> dict[str, int]:
        """What points at the objects with these keys: words -> how many. Empty: removable."""
        raise NotImplementedError

    def clear_up(self, made: dict[str, list[int]], context: Context) -> None:
        """Delete what a commit made on the way, after everything else is undone."""

    def tell(self, context: Context) -> None:
        """After everything is written, or undone: tell those whom it concerns, at once."""

    def remove(self, drafts: Sequence[Draft], context: Context) -> None:
        """Delete what ``create`` made."""
        raise NotImplementedError

    def restore(self, drafts: Sequence[Draft], context: Context) -> None:
        """Put back what ``update`` changed."""
        raise NotImplementedError
