"""The home page: the most visited page, kept per person, and right when something changed."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from academics.selectors import places
from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib import home as registry
from isme.lib import page, versions
from isme.lib.kept import KeptPage, note_key

MORNING, NOON, AFTERNOON, EVENING = 4, 11, 15, 18


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
    """Warm: no query, one exchange. Built anew when a version changed or after a minute."""
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
    """The page; cards of the ``old`` one are taken over only within one session and rights."""
    places.attach(request.user, request.reading.hot)
    registry.attach(request.user, request.reading.hot)
    usable = old if old and old.versions[:1] == seen[:1] else None
    now = timezone.localtime()
    shared = {"user": request.user, "session": request.reading.snapshot, "now": now}
    cards = registry.cards(request.user, request.user.role, shared, words, old=usable, note=note)
    context = {
        **shared,
        **cards.places,
        "here": request.path,
        "day_part": day_part(now.hour),
    }
    return page.build("dashboard/home.html", context, seen, note=note, cards=cards.made)


def day_part(hour: int) -> str:
    """The part of the day that Indonesian greetings name: pagi, siang, sore or malam."""
    if MORNING <= hour < NOON:
        return "morning"
    if NOON <= hour < AFTERNOON:
        return "noon"
    if AFTERNOON <= hour < EVENING:
        return "afternoon"
    return "evening"
