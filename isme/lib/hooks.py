"""The places where a lower app lets a higher one take part: synchronous, in the transaction.

A hook is declared here when the first app fills it, and a test sees that it is filled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Hook(Generic[P]):
    """A named list of functions, called in the order in which the apps are installed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: list[Callable[P, None]] = []

    def register(self, function: Callable[P, None]) -> None:
        if function not in self._functions:
            self._functions.append(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for function in self._functions:
            function(*args, **kwargs)

    def __len__(self) -> int:
        return len(self._functions)


@dataclass(frozen=True)
class DemoPlan:
    """How large the demo faculty is; the same seed gives the same faculty."""

    students: int
    lecturers: int
    seed: int


seed_demo: Hook[[DemoPlan]] = Hook("seed_demo")
# Each hour, in a job: delete what is over.
prune: Hook[[]] = Hook("prune")
