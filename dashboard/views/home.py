"""The home page: the most visited page, kept per person, and right when something changed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from academics.selectors import places
from accounts.choices import Role
from accounts.http import Request
from accounts.middleware import hot_keys
from accounts.models import User
from isme.lib import home as registry
from isme.lib import page, page_parts, versions
from isme.lib.bar import bar_of
from isme.lib.holes import hole
from isme.lib.kept import KeptPage, note_key
from isme.lib.shared import Anyone

HOME = "/dashboard/"
MORNING, NOON, AFTERNOON, EVENING, DAY = 4, 11, 15, 18, 24
FRAMES = 64  # of ten kilobytes


def _home_keys(user_id: int, language: str) -> list[str]:
    names = registry.versions_of_all()
    own = [page.home_key(user_id, language), note_key(user_id)]
    read = [*own, *places.keys(user_id), *registry.keys_of_all(user_id)]
    read += [versions.key(name) for name in names]
    return list(dict.fromkeys(read))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return redirect("dashboard:home")


@require_safe
@hot_keys(_home_keys)
def home(request: Request) -> HttpResponse:
    """Warm: no query, one exchange. Built anew when a version changed or a card is too old."""
    reading = request.reading
    key = page.home_key(request.user.pk, translation.get_language() or "id")
    names = registry.versions_of(request.user.role)
    words = dict(zip(names, versions.words(names, reading.hot), strict=True))
    seen = [str(reading.snapshot.epoch if reading.snapshot else 0), *words.values()]
    note = (reading.hot.get(note_key(request.user.pk)) or b"").decode()
    return page.personal_page(
        request,
        key=key,
        known=page.Known(reading.hot.get(key), seen, note),
        build_page=lambda old: _built(request, seen, words, note, old),
    )


def _built(
    request: Request, seen: list[str], words: Mapping[str, str], note: str, old: KeptPage | None
) -> KeptPage:
    """The page; cards of the ``old`` one are taken over only within one session and rights.

    It lasts as long as its first card, and no longer than the greeting fits.
    """
    places.attach(request.user, request.reading.hot)
    registry.attach(request.user, request.reading.hot)
    usable = old if old and old.versions[:1] == seen[:1] else None
    now = timezone.localtime()
    shared = {"user": request.user, "session": request.reading.snapshot, "now": now}
    cards = registry.cards(request.user, request.user.role, shared, words, old=usable, note=note)
    html = _filled(request.user, now, cards.places)
    until = min(cards.until, next_greeting(now))
    return replace(KeptPage.of(html, seen, note, cards.made), fresh_until=until)


class _Look(NamedTuple):
    """What decides how the page looks around the cards, beside the name in the greeting."""

    role: str
    language: str
    now: datetime  # the hour is enough
    tops: int
    has_main: bool


def _filled(user: User, now: datetime, cards: Mapping[str, list[SafeString]]) -> str:
    """The page with what is one's own: the name, the bar and the cards.

    Its holes have names of their own: others, such as the side bar's, are filled on output.
    """
    language = translation.get_language() or ""
    hour = now.replace(minute=0, second=0, microsecond=0)
    top, main = cards[registry.TOP], cards[registry.MAIN]
    look = _Look(user.role, language, hour, len(top), bool(main))
    html = (_frame.__wrapped__ if settings.DEBUG else _frame)(look)
    in_bar = {"csrf": hole("csrf"), "here": HOME, "choice": hole("choice")}
    own = {
        "home-name": conditional_escape(user.first_name),
        "home-bar": bar_of(user, {**in_bar, **page_parts.as_holes()}),
        **{f"home-top-{number}": card for number, card in enumerate(top)},
        "home-main": "".join(main),
        "home-side": "".join(cards[registry.SIDE]),
    }
    for name, value in own.items():
        html = html.replace(hole(name), value)
    return html


@lru_cache(maxsize=FRAMES)
def _frame(look: _Look) -> str:
    """The page without cards, for all of one role: a third of what a page costs."""
    context = {
        "user": Anyone(look.role),
        "role_name": Role(look.role).label,
        "now": look.now,
        "day_part": day_part(look.now.hour),
        "here": HOME,
        "bar_hole": hole("home-bar"),
        "name": hole("home-name"),
        "top": [hole(f"home-top-{number}") for number in range(look.tops)],
        "main": [hole("home-main")] if look.has_main else [],
        "side": [hole("home-side")],
    }
    return page.rendered("dashboard/home.html", context)


def next_greeting(now: datetime) -> float:
    """When another one fits (Unix seconds), at midnight at the latest."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = next(hour for hour in (MORNING, NOON, AFTERNOON, EVENING, DAY) if hour > now.hour)
    return (midnight + timedelta(hours=hours)).timestamp()


def day_part(hour: int) -> str:
    """The part of the day that Indonesian greetings name: pagi, siang, sore or malam."""
    if MORNING <= hour < NOON:
        return "morning"
    if NOON <= hour < AFTERNOON:
        return "noon"
    if AFTERNOON <= hour < EVENING:
        return "afternoon"
    return "evening"
