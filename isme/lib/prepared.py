"""Queries whose SQL is made once: for rules that take the ORM longer to write than to run.

A rule such as "threads that somebody may read" is three joins and a dozen conditions. Writing it
as SQL costs the ORM 3 ms of CPU at each request, running it costs the database 0.3. Here the
query is written once for each of its shapes, with stand-ins for the values; later runs put their
values in the places of the stand-ins. It stays one queryset, in the words of all other code.

What comes back are the rows of that queryset, as it would have given them itself.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

SHAPES = 256  # of each query, in each process: a kilobyte or two each
FIRST_STAND_IN = 9_000_000_000_000_000_000  # no key of ours is that large
NOBODY = -1  # nor is any below nought
Row = TypeVar("Row")
Value = int | str | Sequence[int] | Sequence[str]
Values = Mapping[str, Value]


class Prepared(Generic[Row]):
    """A query by its name: ``make`` writes it for a shape, with stand-ins for the values.

    ``make`` must read nothing but its arguments: not the time, not the request, not settings
    that change. Whatever decides what the query looks like is (part of) the shape.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any, Row]"]) -> None:
        self.make = make
        self.__doc__ = make.__doc__
        self._written = lru_cache(maxsize=SHAPES)(self._write)

    def __call__(self, *shape: Hashable, **values: Value) -> list[Row]:
        """The rows for these values. One query; none where the shape can have no rows.

        A value is a whole number or a text, or several of a kind. Several are told to the
        database as the next power of two, the last one repeated: 5 and 7 share a shape. Numbers
        are compared with keys: one that no column can hold, from somebody's address, fits none.
        """
        full = {name: _padded(value) for name, value in values.items()}
        written = self._written(shape, tuple((name, _kind(one)) for name, one in full.items()))
        return written.rows(full) if written else []

    def _write(
        self, shape: tuple[Hashable, ...], kinds: tuple[tuple[str, "_Kind"], ...]
    ) -> "_Written | None":
        places: dict[Hashable, tuple[str, int]] = {}
        values: dict[str, Any] = {}
        for name, kind in kinds:
            taken = [kind.stand_in(len(places) + at) for at in range(kind.several or 1)]
            taken = [] if kind.several == 0 else taken
            places |= {stand_in: (name, at) for at, stand_in in enumerate(taken)}
            values[name] = taken[0] if kind.several is None else tuple(taken)
        try:
            return _Written(self.make(*shape, **values), places)
        except EmptyResultSet:
            return None


class _Kind(NamedTuple):
    """What stands in for a value: of which type, and how many (None: one by itself)."""

    is_text: bool
    several: int | None

    def stand_in(self, number: int) -> int | str:
        return f"\x1astand-in {number}" if self.is_text else FIRST_STAND_IN + number


def _kind(value: Value) -> _Kind:
    if isinstance(value, (int, str)):
        return _Kind(isinstance(value, str), None)
    return _Kind(bool(value) and isinstance(value[0], str), len(value))


def _padded(value: Value) -> Value:
    if isinstance(value, (int, str)) or not value:
        return value
    short = (1 << (len(value) - 1).bit_length()) - len(value)
    return (*value, *[value[-1]] * short)  # type: ignore[return-value]


def _held(value: int | str) -> int | str:
    """``value`` as a column can hold it: SQLite raises for what the ORM would have known to be none."""
    if isinstance(value, int) and not NOBODY <= value < FIRST_STAND_IN:
        return NOBODY
    return value


class _Written:
    """The SQL of one shape, and where its values belong."""

    def __init__(
        self, rows: "QuerySet[Any, Any]", places: Mapping[Hashable, tuple[str, int]]
    ) -> None:
        self.source: Any = rows
        self.compiler = rows.query.get_compiler(using=rows.db)
        self.sql, params = self.compiler.as_sql()
        self.params = params
        self.places = [
            (index, *places[param]) for index, param in enumerate(params) if param in places
        ]
        lost = set(places.values()) - {(name, at) for _index, name, at in self.places}
        if lost:
            raise ValueError(f"The query doesn't ask for {sorted(lost)}")

    def rows(self, values: Values) -> list[Any]:
        params = list(self.params)
        for index, name, at in self.places:
            value = values[name]
            params[index] = _held(value if isinstance(value, (int, str)) else value[at])
        read = self.source._iterable_class  # noqa: SLF001 (how Django makes rows of what it reads)
        return list(read(_Bound(self, tuple(params))))


class _Bound:
    """What Django's own reader of rows asks of a queryset, with the SQL written already."""

    _known_related_objects: Mapping[Any, Any] = {}

    def __init__(self, written: _Written, params: tuple[Any, ...]) -> None:
        self.db = written.source.db
        self.model = written.source.model
        self._fields = written.source._fields
        self.query: Any = copy(written.source.query)
        compiler = copy(written.compiler)
        compiler.connection = connections[self.db]
        compiler.as_sql = lambda *_args, **_more: (written.sql, params)
        self.query.get_compiler = lambda *_args, **_more: compiler
