"""What the audit trail's verbs and subjects mean to a reader. Each app says so for its own.

The trail keeps codes ("account.changed", "account:17"), which never change; people read these
words, in their own language.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst

from isme.lib.keys import row_key

Words = str | Promise | None  # None: a model whose name nobody set
Named = tuple[int, str, str]  # key, name, address ("" for none)
LookUp = Callable[[Sequence[int]], Iterable[Named]]


@dataclass(frozen=True)
class Subject:
    """What an event is about: a word for its kind, its name, and where it is ("" for nowhere)."""

    word: str
    name: str = ""
    address: str = ""

    def __str__(self) -> str:
        return f"{self.word}: {self.name}" if self.name else self.word


_verbs: dict[str, Words] = {}
_subjects: dict[str, tuple[Words, LookUp | None]] = {}


def add(labels: Mapping[str, Words]) -> None:
    """Say what verbs mean. Raises ValueError for one that has a label."""
    taken = set(labels) & set(_verbs)
    if taken:
        raise ValueError(f"Two labels for {sorted(taken)}.")
    _verbs.update(labels)


def add_subject(kind: str, word: Words, look_up: LookUp | None = None) -> None:
    """Say what subjects "<kind>:<number>" are, and how to name many of them by one query."""
    if kind in _subjects:
        raise ValueError(f"Two words for subjects of kind {kind!r}.")
    _subjects[kind] = (word, look_up)


def known_verbs() -> frozenset[str]:
    return frozenset(_verbs)


def known_subjects() -> frozenset[str]:
    return frozenset(_subjects)


def label_of(verb: str) -> str:
    """What ``verb`` means; the code itself where another release wrote it."""
    return str(capfirst(str(_verbs.get(verb, verb))))


def rows_of(model: type[Model], *related: str) -> LookUp:
    """A look-up of rows that say their name and, where they have a page, its address."""

    def look_up(keys: Sequence[int]) -> Iterable[Named]:
        rows: Any = model._default_manager.filter(pk__in=keys)
        for row in rows.select_related(*related) if related else rows:
            yield row.pk, str(row), getattr(row, "get_absolute_url", str)()

    return look_up


def named(subjects: Iterable[str]) -> dict[str, Subject]:
    """Each of ``subjects`` with its words: one query for each kind among them, whatever their number.

    What is gone, or has no name, is its kind and number.
    """
    wanted = set(subjects)
    keys: dict[str, list[int]] = defaultdict(list)
    for subject in wanted:
        kind, key = _split(subject)
        if key and kind in _subjects:
            keys[kind].append(int(key))
    found: dict[str, Subject] = {}
    for kind, numbers in keys.items():
        word, look_up = _subjects[kind]
        for number, name, address in look_up(numbers) if look_up else ():
            found[f"{kind}:{number}"] = Subject(_word(word), name, address)
    return {subject: found.get(subject) or _unnamed(subject) for subject in wanted}


def _split(subject: str) -> tuple[str, str]:
    """Kind and number; no number where what follows is none."""
    kind, _colon, key = subject.partition(":")
    return kind, "" if row_key(key) is None else key


def _unnamed(subject: str) -> Subject:
    kind, key = _split(subject)
    if kind not in _subjects:
        return Subject(subject)
    return Subject(_word(_subjects[kind][0]), f"#{key}" if key else "")


def _word(word: Words) -> str:
    return str(capfirst(str(word)))
