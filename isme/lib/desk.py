"""What apps put on the start page of Django admin: how things stand, before one repairs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string


@dataclass(frozen=True)
class Panel:
    """``facts`` gives what ``template`` shows; it runs at each visit. A lower ``order`` is first."""

    name: str
    template: str
    facts: Callable[[], Mapping[str, Any]]
    order: int


_panels: dict[str, Panel] = {}


def add(panel: Panel) -> None:
    """Offer ``panel``; the same name again replaces it."""
    _panels[panel.name] = panel


def rendered() -> list[str]:
    """All panels in their order. Costs what their facts cost."""
    ordered = sorted(_panels.values(), key=lambda panel: (panel.order, panel.name))
    return [render_to_string(panel.template, dict(panel.facts())) for panel in ordered]
