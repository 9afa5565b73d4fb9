"""The details of an audit event as its reader meets them: what each is called, and what it says.

The trail keeps JSON (``{"level": ["1", "3"]}``), which programs read and which never changes.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

Words = str | Promise
MOST_NUMBERS = 10
NOTHING = "–"
CHANGES = (".changed", ".proved")  # verbs whose details are what was and what is
CHANGED = "changed"  # how a secret's change is kept: that, and never what it is


@dataclass(frozen=True)
class Detail:
    """One of them; ``before`` only of what changed."""

    label: str
    text: str
    before: str | None = None


_words: dict[str, Words] = {}
_fields: dict[tuple[str, str], Any] = {}  # by kind of subject and name


def add(words: Mapping[str, Words]) -> None:
    """Say what details are called. Raises ValueError for a name that is called otherwise."""
    for name, word in words.items():
        if name in _words and str(_words[name]) != str(word):
            raise ValueError(f"Two words for the detail {name!r}.")
        _words[name] = word


def add_fields(kind: str, *models: type[Model]) -> None:
    """Details of subjects of ``kind`` that are fields of ``models`` are called as these are."""
    for model in models:
        for field in model._meta.concrete_fields:
            _fields.setdefault((kind, field.name), field)


def known() -> Collection[str]:
    return frozenset(_words)


def read(verb: str, subject: str, details: str) -> list[Detail]:
    """What ``details`` says, in the language of the reader. No query. Empty where it says nothing.

    What can't be read, of whatever release, is shown as it is.
    """
    try:
        told: Any = json.loads(details or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return [Detail("", details)]
    kind = subject.partition(":")[0]
    return [
        _detail(kind, name, value, is_change=verb.endswith(CHANGES))
        for name, value in told.items()
        if value not in ("", [])
    ]


def _detail(kind: str, name: str, value: Any, *, is_change: bool) -> Detail:
    field = _fields.get((kind, name))
    word = field.verbose_name if field else _words.get(name, name.replace("_", " "))
    label = str(capfirst(str(word)))
    choices: dict[Any, Any] = dict(field.flatchoices) if field else {}
    match value:
        case [was, now] if is_change:
            return Detail(label, _said(now, choices), _said(was, choices))
        case _:
            return Detail(label, _said(value, choices))


def _said(value: Any, choices: Mapping[Any, Any]) -> str:
    if value in ("", None, "None"):
        return NOTHING
    if isinstance(value, list):
        return _many(value)
    said = {"True": _("yes"), "False": _("no"), CHANGED: _("changed")}
    return str(choices.get(str(value)) or said.get(str(value), value))


def _many(values: list[Any]) -> str:
    """Keys as a number of them and the first ones; words one after the other."""
    if not all(isinstance(one, int) for one in values):
        return ", ".join(map(str, values))
    first = ", ".join(f"#{one}" for one in values[:MOST_NUMBERS])
    more = ", …" if len(values) > MOST_NUMBERS else ""
    return f"{len(values)} ({first}{more})"
