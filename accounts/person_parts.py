"""What higher apps show of a person: on the page that staff sees, and on one's own profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class PersonPart:
    """One card about a person.

    ``facts`` gets who looks and whom at, and gives what the template shows; None: nothing.
    """

    name: str
    template: str
    facts: Callable[[User, User], Facts | None]


_parts: dict[str, PersonPart] = {}


def add(part: PersonPart) -> None:
    """Offer ``part``; the same name again replaces it."""
    _parts[part.name] = part


def shown(viewer: User, person: User) -> list[dict[str, Any]]:
    """The cards about ``person`` for ``viewer``: template and facts. Queries: those of the parts."""
    found = ((part, part.facts(viewer, person)) for part in _parts.values())
    return [
        {"template": part.template, "facts": facts} for part, facts in found if facts is not None
    ]
