"""The home page: the most visited page, kept per person, and right when something changed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib import home as registry
from isme.lib import page, versions

MORNING, NOON, AFTERNOON, EVENING = 4, 11, 15, 18


def _home_keys(user_id: int, language: str) -> list[str]:
    names = registry.versions_of_all()
    return [page.home_key(user_id, language), *(versions.key(name) for name in names)]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return redirect("dashboard:home")


@require_safe
@hot_keys(_home_keys)
def home(request: Request) -> HttpResponse:
    """Warm: no query, one exchange. Built anew when a version changed or after a minute."""
    reading = request.reading
    key = page.home_key(request.user.pk, translation.get_language() or "id")
    words = {}
    for name in registry.versions_of(request.user.role):
        word = reading.hot.get(versions.key(name))
        words[name] = word.decode() if word else versions.establish(name)
    seen = [str(reading.snapshot.epoch if reading.snapshot else 0), *words.values()]
    return page.personal_page(
        request,
        key=key,
        kept=reading.hot.get(key),
        versions=seen,
        build_page=lambda: page.build("dashboard/home.html", _context(request, words), seen),
    )


def _context(request: Request, words: Mapping[str, str]) -> dict[str, Any]:
    now = timezone.localtime()
    shared = {"user": request.user, "session": request.reading.snapshot, "now": now}
    cards = registry.cards(request.user, request.user.role, shared, words)
    return {**shared, **cards, "here": request.path, "day_part": day_part(now.hour)}


def day_part(hour: int) -> str:
    """The part of the day that Indonesian greetings name: pagi, siang, sore or malam."""
    if MORNING <= hour < NOON:
        return "morning"
    if NOON <= hour < AFTERNOON:
        return "noon"
    if AFTERNOON <= hour < EVENING:
        return "afternoon"
    return "evening"
