"""Sets of people that higher apps name, to one of which the list of people can be narrowed.

An app registers a name in ``AppConfig.ready``; the address of the list then takes
``among=<name>:<key>``, and so do all that is done with the list: its export, passwords for many.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from isme.lib.keys import row_key


@dataclass(frozen=True)
class Among:
    """Who they are: in words for the reader, and as a condition over accounts."""

    label: str
    condition: Q


Find = Callable[[int], Among | None]
_finders: dict[str, Find] = {}


def register(name: str, find: Find) -> None:
    """Make a set known; the same name again replaces it. ``find`` gets the key: 1 query."""
    _finders[name] = find


def found(token: str) -> Among | None:
    """The set that ``token`` ("import:7") names; None for none. Queries: those of its finder."""
    name, _colon, given = token.partition(":")
    find, key = _finders.get(name), row_key(given)
    return None if find is None or key is None else find(key)
