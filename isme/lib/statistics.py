"""The shared statistics by name, so that super admins can see how old each of them is.

Whoever keeps a statistic (isme.lib.caching) says so in ``AppConfig.ready``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from isme.lib import caching


@dataclass(frozen=True)
class Statistic:
    """``key`` gives the name under which it is kept now."""

    label: str | Promise
    key: Callable[[], str]


@dataclass(frozen=True)
class Age:
    """``seconds`` since it was counted; None where nobody asked for it yet."""

    label: str | Promise
    seconds: int | None


_statistics: dict[str, Statistic] = {}


def add(name: str, label: str | Promise, key: Callable[[], str] | None = None) -> None:
    """Make a statistic known; without ``key`` it is kept under ``name``."""
    _statistics[name] = Statistic(label, key or (lambda: name))


def ages() -> list[Age]:
    """Every statistic with its age, by label. One exchange."""
    known = sorted(_statistics.values(), key=lambda one: str(one.label))
    found = caching.ages([one.key() for one in known])
    return [
        Age(one.label, None if age is None else int(age))
        for one, age in zip(known, found, strict=True)
    ]
