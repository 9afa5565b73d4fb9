"""What the lines of an inbox have in common, made once for a page and not once for a line.

A page has 50 lines. With an icon and two forms each they cost twice what the whole page does now.
"""

from collections.abc import Iterable

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from notifications.selectors.inbox import Day, Item

_PK = "000000000000"  # stands for the key of a line in the parts that all lines share


def put_on(request: HttpRequest, days: Iterable[Day]) -> None:
    """Give each line its ``icon_html`` and ``acts``. No query."""
    icons: dict[str, SafeString] = {}
    acts: dict[bool, SafeString] = {}
    for day in days:
        for item in day.items:
            if item.icon not in icons:
                icons[item.icon] = render_to_string("components/icon.html", {"name": item.icon})
            if item.is_new not in acts:
                acts[item.is_new] = _acts(request, item)
            item.icon_html = icons[item.icon]
            # Digits in the place of digits: what is safe stays safe.
            item.acts = SafeString(acts[item.is_new].replace(_PK, str(item.pk)))


def _acts(request: HttpRequest, item: Item) -> SafeString:
    values = {"pk": _PK, "is_new": item.is_new, "csrf_token": get_token(request)}
    return render_to_string("notifications/_line_acts.html", values)
