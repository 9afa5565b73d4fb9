"""The bar on top of every page, drawn once for all who see it alike: as dear as a short page."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from isme.lib import page_parts
from isme.lib.holes import cut, fill, hole
from isme.lib.navigation import header_parts

MOST_BARS = 128  # of five kilobytes: roles, languages and themes
Said = str | Callable[[], str]


class _Look(NamedTuple):
    """What decides how the bar looks; the person's name and picture are put into it."""

    role: str
    role_name: str
    has_picture: bool
    theme: str
    language: str
    active: str | None
    header_parts: tuple[str, ...]

    @property
    def user(self) -> dict[str, str]:
        """The person as the template sees them."""
        return {
            "name": hole("who"),
            "initials": hole("initials"),
            "avatar_url": hole("picture") if self.has_picture else "",
            "role": self.role,
            "get_role_display": self.role_name,
            "theme": self.theme,
            "language": self.language,
        }


@lru_cache(maxsize=MOST_BARS)
def _pieces(look: _Look) -> tuple[str, ...]:
    """The pieces of the bar, each second one the name of what stands there in a request."""
    context = {
        "user": look.user,
        "header_parts": look.header_parts,
        "parts": page_parts.as_holes(),
        "csrf_token": hole("csrf"),
        "here": hole("here"),
        "theme_choice": hole("choice"),
    }
    return cut(render_to_string("components/header.html", context))


def bar_of(user: Any, said: Mapping[str, Said]) -> SafeString:
    """``components/header.html`` for ``user`` in the language that is active. No query.

    ``said`` is what differs from request to request: csrf (the token), here (the page's
    address), choice (of the theme), and each of isme.lib.page_parts by its name.
    """
    look = _Look(
        role=user.role,
        role_name=str(user.get_role_display()),
        has_picture=bool(user.avatar_url),
        theme=user.theme,
        language=user.language,
        active=get_language(),
        header_parts=tuple(header_parts()),
    )
    pieces = (_pieces.__wrapped__ if settings.DEBUG else _pieces)(look)
    own = {"who": user.name, "initials": user.initials, "picture": user.avatar_url}
    asked = {name: own[name] if name in own else said[name] for name in pieces[1::2]}
    # Text is escaped; the parts are HTML.
    return fill(
        pieces,
        {name: conditional_escape(one() if callable(one) else one) for name, one in asked.items()},
    )
