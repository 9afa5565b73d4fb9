"""What the browser tests look at: each app's module of tests/e2e/apps says which pages it has.

A module may give VIEWS, the states of pages that are shown to people, ``fill(people)``, which
puts data of the app into the faculty of the tests, and ``fill_more(people)``, which does so for
the crawl alone. Pages that stand in the navigation or are linked from others need no view: the
crawl finds them, once it was given something to see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import tests.e2e.apps

NOBODY = "nobody"
ROLES = ("student", "lecturer", "office", "super_admin")


@dataclass(frozen=True)
class View:
    """A page as somebody of ``role`` sees it.

    ``address`` may be a function of the faculty. ``reach(visitor, faculty)`` does what it takes
    when an address alone doesn't show it, and says by an expectation that it is there.
    """

    name: str
    role: str
    address: str | Callable[[dict[str, Any]], str] = ""
    status: int = 200
    reach: Callable[[Any, dict[str, Any]], None] | None = None

    def __str__(self) -> str:
        return f"{self.name}-{self.role}"

    def show(self, visitor: Any, faculty: dict[str, Any]) -> None:
        if self.reach is not None:
            self.reach(visitor, faculty)
            return
        if self.role != NOBODY:
            visitor.enter(faculty[self.role])
        address = self.address if isinstance(self.address, str) else self.address(faculty)
        assert visitor.open(address).status == self.status


def modules() -> list[ModuleType]:
    return [
        import_module(f"tests.e2e.apps.{module.name}")
        for module in iter_modules(tests.e2e.apps.__path__)
    ]


def views() -> list[View]:
    """The states of pages that the apps want looked at."""
    return [view for module in modules() for view in getattr(module, "VIEWS", [])]


def fill(people: dict[str, Any], step: str = "fill") -> None:
    """The data of all apps, in the order of their modules' names."""
    for module in modules():
        if hasattr(module, step):
            getattr(module, step)(people)
