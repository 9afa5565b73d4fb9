"""The places where a lower app lets a higher one take part: synchronous, in the transaction.

A hook is declared here when the first app fills it, and a test sees that it is filled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec

P = ParamSpec("P")


class Hook(Generic[P]):
    """A named list of functions, called in the order in which the apps are installed.

    Settings name the higher apps first; with ``lowest_first`` the order is turned round.
    """

    def __init__(self, name: str, *, lowest_first: bool = False) -> None:
        self.name = name
        self.lowest_first = lowest_first
        self._functions: list[Callable[P, None]] = []

    def register(self, function: Callable[P, None]) -> None:
        if function not in self._functions:
            self._functions.append(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        ordered = reversed(self._functions) if self.lowest_first else iter(self._functions)
        for function in ordered:
            function(*args, **kwargs)

    def __len__(self) -> int:
        return len(self._functions)


@dataclass(frozen=True)
class DemoPlan:
    """How large the demo faculty is; the same seed gives the same faculty."""

    students: int
    lecturers: int
    seed: int


seed_demo: Hook[[DemoPlan]] = Hook("seed_demo", lowest_first=True)  # people before their classes
# Each hour, in a job: delete what is over.
prune: Hook[[]] = Hook("prune")
# Each hour, in the beat's task: the same for what comes once an hour.
each_hour: Hook[[]] = Hook("each_hour")
# Each minute, in the beat's task: ask for the jobs whose time has come. Must be quick.
each_minute: Hook[[]] = Hook("each_minute")
# In the transaction: somebody signs in from a device that never signed in to the account before
# (user id, device, place).
new_device: Hook[[int, str, str]] = Hook("new_device")
# In the transaction: these people become students (their user ids).
new_students: Hook[[Sequence[int]]] = Hook("new_students")
# While the page is made: somebody opens their own profile (the request).
profile_seen: Hook[[Any]] = Hook("profile_seen")
# In the transaction: an account gets another role (user id, role, who did it or None).
role_changed: Hook[[int, str, int | None]] = Hook("role_changed")
