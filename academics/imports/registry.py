"""The kinds of import, by name."""

from functools import cache
from typing import Any

from academics.imports.kind import Kind
from academics.imports.kinds.classes import ClassLists
from academics.imports.kinds.courses import Courses
from academics.imports.kinds.groups import GroupLists
from academics.imports.kinds.lecturers import Lecturers
from academics.imports.kinds.rooms import Rooms
from academics.imports.kinds.staff import Staff
from academics.imports.kinds.students import Students
from academics.imports.rules import can_import

KINDS: tuple[type[Kind], ...] = (
    Students,
    Lecturers,
    Staff,
    Rooms,
    Courses,
    ClassLists,
    GroupLists,
)


@cache
def kind_named(name: str) -> Kind:
    """Raises KeyError."""
    return {kind.name: kind() for kind in KINDS}[name]


def kinds_for(user: Any) -> list[Kind]:
    """The kinds that ``user`` may import, in the order in which a faculty needs them."""
    return [kind_named(kind.name) for kind in KINDS if can_import(user, kind.name)]
