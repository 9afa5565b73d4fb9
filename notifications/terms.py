"""The term that a notice belongs to. Terms live in a higher app, which registers them here."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from django.utils.translation import get_language

from isme.lib import versions

Labels = Callable[[], list[tuple[int, str]]]


class _Terms:
    current: Callable[[], int | None] = staticmethod(lambda: None)
    labels: Labels = staticmethod(list)
    version = ""


def register(*, current: Callable[[], int | None], labels: Labels, version: str) -> None:
    """``current`` gives the active term's id, ``labels`` the terms to filter by, newest first.

    ``version`` (isme.lib.versions) tells of every change of a term.
    """
    _Terms.current = staticmethod(current)
    _Terms.labels = staticmethod(labels)
    _Terms.version = version


def current() -> int | None:
    return _Terms.current()


def keys(_user_id: int, _language: str) -> list[str]:
    """What ``labels`` reads of the cache; for ``hot_keys``."""
    return [versions.key(_Terms.version)]


def labels(hot: Mapping[str, bytes | None]) -> list[tuple[int, str]]:
    """The terms to filter by; no query while none changed. Shared: not to be changed."""
    [word] = versions.words([_Terms.version], hot)
    return _kept(word, get_language()) if word else _Terms.labels()


@lru_cache(maxsize=8)
def _kept(_word: str, _language: str | None) -> list[tuple[int, str]]:
    return _Terms.labels()
