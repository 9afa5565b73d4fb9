"""The home page: the most visited page, kept per person, and right when something changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.middleware import hot_keys
from accounts.services.accounts import PEOPLE
from dashboard.selectors import home_facts
from isme.lib import page, versions

MORNING, NOON, AFTERNOON, EVENING = 4, 11, 15, 18


def _home_keys(user_id: int, language: str) -> list[str]:
    return [page.home_key(user_id, language), versions.key(PEOPLE)]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return redirect("dashboard:home")


@require_safe
@hot_keys(_home_keys)
def home(request: Request) -> HttpResponse:
    """Warm: no query, one exchange. Built anew when a version changed or after a minute."""
    reading = request.reading
    language = translation.get_language() or "id"
    key = page.home_key(request.user.pk, language)
    people = reading.hot.get(versions.key(PEOPLE))
    word = people.decode() if people else versions.establish(PEOPLE)
    seen = [str(reading.snapshot.epoch if reading.snapshot else 0), word]

    def build_page() -> page.KeptPage:
        context = {
            **home_facts(request.user),
            "user": request.user,
            "session": reading.snapshot,
            "here": request.path,
            "now": timezone.localtime(),
            "day_part": day_part(timezone.localtime().hour),
        }
        return page.build("dashboard/home.html", context, seen)

    return page.personal_page(
        request, key=key, kept=reading.hot.get(key), versions=seen, build_page=build_page
    )


def day_part(hour: int) -> str:
    """The part of the day that Indonesian greetings name: pagi, siang, sore or malam."""
    if MORNING <= hour < NOON:
        return "morning"
    if NOON <= hour < AFTERNOON:
        return "noon"
    if AFTERNOON <= hour < EVENING:
        return "afternoon"
    return "evening"
