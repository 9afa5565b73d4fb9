"""The few things that a partial can't do by itself."""

from typing import Any

from django import template

from isme.lib.paging import Listing
from isme.lib.undo import address_of

register = template.Library()

register.filter("undo_address", address_of)


@register.filter
def within(here: str, path: str) -> bool:
    """Whether the page ``here`` lies below ``path``, so that its entry is marked too."""
    return here != path and here.startswith(path)


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
