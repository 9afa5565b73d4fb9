"""What stands in the navigation: each app adds its pages in ``AppConfig.ready``, for its roles."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVERYBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """One page. ``roles`` empty means everybody; a lower ``order`` comes first.

    Those of one ``group`` follow each other; "" is what comes first, without a heading. Its entry
    is marked on the pages below it, and on those below ``covers``, which belong to it as well.
    """

    path: str
    label: str | Promise
    icon: str
    order: int
    roles: frozenset[str] = EVERYBODY
    group: str | Promise = ""
    covers: tuple[str, ...] = ()

    def is_above(self, here: str) -> bool:
        """Whether the page ``here`` belongs to this one, and is another."""
        return here != self.path and here.startswith((self.path, *self.covers))


_entries: dict[str, Entry] = {}


def add(  # noqa: PLR0913 (one entry)
    path: str,
    label: str | Promise,
    *,
    icon: str,
    order: int,
    roles: Collection[str] = EVERYBODY,
    covers: Collection[str] = (),
) -> None:
    """Put a page into the navigation; the same path again replaces it."""
    _entries[path] = Entry(
        path, label, icon, order, frozenset(roles), _group_of(order), tuple(covers)
    )
    entries_for.cache_clear()


# By order: where a group begins.
GROUPS = ((20, _("Academic data")), (50, _("Results and news")), (80, _("Other pages")))


def _group_of(order: int) -> str | Promise:
    return next((label for start, label in reversed(GROUPS) if order >= start), "")


_header: dict[str, int] = {}


def add_header(template: str, *, order: int) -> None:
    """Put a part into the bar on top of every page: the search field, the bell.

    ``template`` gets the page's context: user, here, csrf_token. Of a kept page it must show
    only what is the same for all views of it; htmx can fetch the rest.
    """
    _header[template] = order


def header_parts() -> list[str]:
    """The templates of the parts on top, in order."""
    return sorted(_header, key=lambda template: _header[template])


@cache
def entries_for(role: str) -> tuple[Entry, ...]:
    """The pages that ``role`` may open, in order. No queries."""
    allowed = (entry for entry in _entries.values() if not entry.roles or role in entry.roles)
    return tuple(sorted(allowed, key=lambda entry: (entry.order, entry.path)))
