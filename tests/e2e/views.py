"""What the browser tests look at: each app's module of tests/e2e/apps says which pages it has.

A module may give VIEWS, the states of pages that are shown to people, and ``fill(people)``,
which puts data of the app into the faculty of the tests. Pages that stand in the navigation or
are linked from others need no view: the crawl finds them, once ``fill`` gave it something to see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import tests.e2e.apps
from isme.lib import navigation

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
    """Those of the apps, and each page of the navigation for one role that has it."""
    found = [view for module in modules() for view in getattr(module, "VIEWS", [])]
    named = {view.address for view in found}
    for role in ROLES:
        for entry in navigation.entries_for(role):
            if entry.path not in named:
                named.add(entry.path)
                found.append(View(entry.path.strip("/").replace("/", "-"), role, entry.path))
    return found


def fill(people: dict[str, Any]) -> None:
    """The data of all apps, in the order of their modules' names."""
    for module in modules():
        if hasattr(module, "fill"):
            module.fill(people)
