"""Parts of every page that differ from request to request: the bell, say.

An app adds its part in ``AppConfig.ready``. What the part reads comes with the request's one
exchange; on a page that is kept in the cache it is a hole, filled on output.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Part:
    """``{{ parts.<name> }}`` in a template of a signed-in person.

    ``key`` names the cache key that it reads, from the person's id; ``version`` is what a
    conditional GET must compare (short text).
    """

    name: str
    render: Callable[[HttpRequest], SafeString]
    version: Callable[[HttpRequest], str]
    key: Callable[[int], str]

    @property
    def hole(self) -> str:
        # NUL can't be typed by anybody (isme.lib.page).
        return f"\0{self.name}\0"


_parts: dict[str, Part] = {}


def add(part: Part) -> None:
    """Put ``part`` on every page; the same name again replaces it."""
    _parts[part.name] = part


def every() -> list[Part]:
    return list(_parts.values())


def hot_keys(user_id: int) -> list[str]:
    """What all parts read of ``user_id``."""
    return [part.key(user_id) for part in _parts.values()]


def on_request(request: HttpRequest) -> dict[str, Callable[[], SafeString]]:
    """The parts for an ordinary page: each is made when the template asks for it."""

    def maker(part: Part) -> Callable[[], SafeString]:
        return lambda: part.render(request)

    return {name: maker(part) for name, part in _parts.items()}


def as_holes() -> dict[str, SafeString]:
    """The parts for a page that is kept."""
    return {name: SafeString(part.hole) for name, part in _parts.items()}


def on_output(request: HttpRequest) -> dict[str, SafeString]:
    """What this request shows in each hole of a kept page."""
    return {part.hole: part.render(request) for part in _parts.values()}


def versions(request: HttpRequest) -> list[str]:
    return [part.version(request) for part in _parts.values()]
