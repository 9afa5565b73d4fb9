"""The card at the foot of the sidebar: which term runs, and which week of it today is."""

from datetime import date
from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from academics.choices import STRUCTURE
from academics.selectors.terms import Running, running_term
from accounts.session.reader import Reading
from isme.lib import versions
from isme.lib.page_parts import Part


def _word(request: HttpRequest) -> str:
    """The version of the structure, asked once a request; "" while the cache is away."""
    known: str | None = request.__dict__.get("structure_word")
    if known is None:
        reading: Reading = request.reading  # type: ignore[attr-defined]
        known = versions.words([STRUCTURE], reading.hot)[0] if reading.cached else ""
        request.__dict__["structure_word"] = known
    return known


def _card(request: HttpRequest) -> SafeString:
    if not request.user.is_authenticated:
        return SafeString("")
    return _drawn(running_term(_word(request)), timezone.localdate(), get_language())


@lru_cache(maxsize=16)
def _drawn(term: Running | None, today: date, language: str | None) -> SafeString:
    """The card in the ``language`` that is active: drawn once a day for all."""
    if term is None:
        return SafeString("")
    week = term.week_on(today)
    return render_to_string("components/term.html", {"term": term, "week": week})


def _version(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return ""
    return f"{running_term(_word(request))!r} {timezone.localdate()}"


PART = Part(
    name="term", render=_card, version=_version, key=lambda _user_id: versions.key(STRUCTURE)
)
