"""The term that a notice belongs to. Terms live in a higher app, which registers them here."""

from collections.abc import Callable

Labels = Callable[[], list[tuple[int, str]]]


class _Terms:
    current: Callable[[], int | None] = staticmethod(lambda: None)
    labels: Labels = staticmethod(list)


def register(*, current: Callable[[], int | None], labels: Labels) -> None:
    """``current`` gives the active term's id, ``labels`` the terms to filter by, newest first."""
    _Terms.current = staticmethod(current)
    _Terms.labels = staticmethod(labels)


def current() -> int | None:
    return _Terms.current()


def labels() -> list[tuple[int, str]]:
    return _Terms.labels()
