"""Ways that higher apps offer from the pages of lower ones: from a course to its forum, say.

An app adds its way in ``AppConfig.ready``; the page of an object shows what the person may go
to, as buttons (components/page_links.html).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise


@dataclass(frozen=True)
class Link:
    """A button: ``news`` things behind it are new to the person."""

    address: str
    label: str | Promise
    icon: str
    news: int = 0


Offer = Callable[[Any, Any], Link | None]
_offers: dict[type[Model], dict[str, Offer]] = {}


def add(model: type[Model], name: str, offer: Offer) -> None:
    """Offer a way from pages of ``model``; ``name`` again replaces it.

    ``offer`` gets the person and the object, and gives None where that person has no way.
    """
    _offers.setdefault(model, {})[name] = offer


def of(user: Any, thing: Model) -> list[Link]:
    """The ways from ``thing`` that ``user`` has. Costs what the offers cost."""
    found = (offer(user, thing) for offer in _offers.get(type(thing), {}).values())
    return [link for link in found if link is not None]
