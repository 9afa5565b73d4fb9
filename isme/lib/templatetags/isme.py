"""The few things that a partial can't do by itself."""

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from isme.lib.bar import bar_of
from isme.lib.navigation import Entry
from isme.lib.paging import Listing
from isme.lib.undo import address_of, passes

register = template.Library()

PLACES = re.compile(r"(?<=[.@_])(?=\w)")  # of an e-mail address

register.filter("undo_address", address_of)
register.filter("passes", passes)


@register.filter
def within(here: str, entry: Entry) -> bool:
    """Whether the page ``here`` belongs to ``entry``, so that it is marked too."""
    return entry.is_above(here)


_menus: dict[tuple[str, str, str], tuple[tuple[Entry, ...], SafeString]] = {}
MOST_MENUS = 2000


@register.simple_tag(takes_context=True)
def menu(context: template.Context, name: str) -> SafeString:
    """``components/<name>.html``, which needs ``navigation`` and ``here`` and nothing else.

    Rendered once in a process for each language, set of entries and marked entry: it is on
    every page, and looping over it costs more than a short page itself.
    """
    entries: tuple[Entry, ...] = context["navigation"]
    if callable(entries):
        entries = entries()
    here = context["here"]
    marks = "".join(f"{e.path == here:d}{within(here, e):d}" for e in entries)
    paths = " ".join(entry.path for entry in entries)
    key = (name, get_language() or "", f"{paths} {marks}")
    known = _menus.get(key)
    if known is None or known[0] is not entries or settings.DEBUG:
        parts = {"navigation": entries, "here": here}
        known = (entries, render_to_string(f"components/{name}.html", parts))
        if len(_menus) >= MOST_MENUS:
            _menus.clear()
        _menus[key] = known
    return known[1]


MOST_ALIKE = 2048  # rows of half a kilobyte, in every process


@register.simple_tag
def alike(template_name: str, **facts: Hashable) -> SafeString:
    """A row that is what ``facts`` say and nothing else: drawn once for all who see it alike.

    Nothing in it may change by itself: whether something is new or of today is said by a fact.
    """
    draw = _alike.__wrapped__ if settings.DEBUG else _alike
    return draw(template_name, get_language(), **facts)


# Typed: what must be escaped is another fact than what is HTML already.
@lru_cache(maxsize=MOST_ALIKE, typed=True)
def _alike(template_name: str, _language: str | None, **facts: Hashable) -> SafeString:
    return render_to_string(template_name, facts)


@register.simple_tag(takes_context=True)
def bar(context: template.Context) -> SafeString:
    """``components/header.html`` for who is signed in (isme.lib.bar); in a page of many, its hole."""
    if "bar_hole" in context:
        hole: SafeString = context["bar_hole"]
        return hole
    said = {
        "csrf": lambda: str(context.get("csrf_token", "")),
        "here": lambda: context.get("back_here", context["here"]),
        "choice": lambda: context["theme_choice"],
        **context["parts"],
    }
    return bar_of(context["user"], said)


@register.filter
def breakable(text: str) -> SafeString:
    """``text`` with the places where a narrow column may break it: else in the middle of a name."""
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in PLACES.split(text)))


@register.filter
def without(listing: Listing, name: str) -> str:
    """The address of the same list without the filter ``name``, from its first page."""
    return listing.address(**{name: "", "page": ""})


@register.inclusion_tag("components/sort_head.html")
def sort_head(  # noqa: PLR0913 (a template names each)
    listing: Listing,
    label: str,
    *,
    up: str,
    down: str,
    target: str = "",
    first: str = "up",
    numeric: bool = False,
) -> dict[str, Any]:
    """The head of a column: ``up`` and ``down`` are its orders in ``listing``.

    A press turns the order of this column round; ``first`` says how it begins. Filters stay,
    the page starts anew. With ``target`` htmx swaps that part.
    """
    direction = {up: "ascending", down: "descending"}.get(listing.sort, "")
    following = {up: down, down: up}.get(listing.sort, down if first == "down" else up)
    return {
        "label": label,
        "address": listing.address(sort=following, page=""),
        "path": listing.path,
        "direction": direction,
        "target": target,
        "numeric": numeric,
    }
