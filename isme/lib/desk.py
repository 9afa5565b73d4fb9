"""What apps put on the start page of Django admin: how things stand, before one repairs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest, HttpResponse
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


class LightAdmin(admin.ModelAdmin):
    """Django's, without the half of its scripts that only a field filled from another needs."""

    @property
    def media(self) -> Media:
        return super().media if self.prepopulated_fields else _light(super().media)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "media" in context:
            context["media"] = _light(context["media"])
        return response  # type: ignore[no-any-return]


def _light(media: Any) -> Media:
    scripts = [one for one in media._js if "xregexp" not in one]  # noqa: SLF001
    return Media(css=media._css, js=scripts)  # noqa: SLF001
