"""The lines of an inbox, each drawn from a shape that all lines like it have in common.

A page has 50 lines. To render a template for each cost twice what the whole page does now.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from isme.lib.holes import cut, fill, holes
from notifications.selectors.inbox import Day, Item

MOST_SHAPES = 256  # of two kilobytes; an icon and a tone for each kind of notice, new and read


class _Shape(NamedTuple):
    """What decides which template text a line gets, beside what stands in its holes."""

    icon: str
    tone: str
    is_new: bool
    has_link: bool
    has_body: bool
    has_others: bool
    language: str | None


@lru_cache(maxsize=MOST_SHAPES)
def _pieces(shape: _Shape) -> tuple[str, ...]:
    context = {**holes("pk", "title", "body", "clock", "others", "csrf_token"), "shape": shape}
    return cut(render_to_string("notifications/_line.html", context))


def put_on(request: HttpRequest, days: Iterable[Day]) -> None:
    """Give each line its ``html``. No query."""
    token = get_token(request)
    for day in days:
        for item in day.items:
            item.html = line(item, token)


def line(item: Item, token: str) -> SafeString:
    """One line of the inbox; ``token`` goes into its forms."""
    shape = _Shape(
        icon=item.icon,
        tone=item.tone,
        is_new=item.is_new,
        has_link=bool(item.link),
        has_body=bool(item.body),
        has_others=bool(item.others),
        language=get_language(),
    )
    others = ""
    if item.others:
        others = render_to_string("notifications/_others.html", {"others": item.others})
    values = {
        "pk": str(item.pk),
        "title": conditional_escape(item.title),
        "body": conditional_escape(item.body),
        "clock": conditional_escape(item.clock),
        "others": others,
        "csrf_token": conditional_escape(token),
    }
    return fill((_pieces.__wrapped__ if settings.DEBUG else _pieces)(shape), values)
