"""Pages that many people see alike: made once in a process for all of them, filled for each.

What a list shows depends on its address, on what its reader may see (their ``part``) and on
versions (isme.lib.versions). Whoever has the same part gets the same bytes; the bar, the bell and
the token are holes (isme.lib.page).
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from isme.lib import page
from isme.lib.holes import holes
from isme.lib.http import wants_fragment
from isme.lib.kept import KeptPage

MOST_PAGES = 512  # of 25 kilobytes, in every process
LASTING = 300  # seconds; how long a change stays unseen that the cache, being away, could not note


@dataclass(frozen=True)
class Anyone:
    """Who reads a page that many share: signed in, and nobody in particular."""

    role: str
    is_authenticated: bool = True


@dataclass(frozen=True)
class _Wanted:
    """What tells one page from the next. ``make`` is taken out when the page was made of it."""

    name: tuple[Hashable, ...]
    make: list[Callable[[], KeptPage]] = field(compare=False)


@lru_cache(maxsize=MOST_PAGES)
def _page(wanted: _Wanted) -> KeptPage:
    return wanted.make.pop()()


@dataclass(frozen=True)
class Readers:
    """Those who see a page alike, and what of it is one reader's own.

    ``part`` must name all that the reader decides about the page beside role and address;
    ``words`` are the versions of what it shows. ``own`` is HTML that is filled into holes of the
    same names.
    """

    part: Hashable
    words: Sequence[str]
    own: Mapping[str, str] = field(default_factory=dict)


def kept_for_all(
    request: HttpRequest,
    template: str,
    readers: Readers,
    context: Callable[[], Mapping[str, Any]],
) -> KeptPage:
    """The page of ``template`` as all ``readers`` see it, with holes for what is one reader's own.

    ``context`` runs when the page is made and must give nothing that only this reader may see.
    Made anew after LASTING, and each time while the cache is away.
    """
    role: str = getattr(request.user, "role", "")

    def make() -> KeptPage:
        common = {
            "user": Anyone(role),
            "here": request.path,
            "bar_hole": SafeString(page.BAR_HOLE),
            **holes(*readers.own),
        }
        return page.build(template, {**context(), **common}, readers.words)

    # A template that is being edited is not kept.
    acting = getattr(request, "acting", None)
    if not all(readers.words) or acting is not None or settings.DEBUG:
        return make()
    address = (template, role, readers.part, request.get_full_path(), get_language())
    age = int(time.monotonic() // LASTING)
    return _page(_Wanted((*address, *readers.words, timezone.localdate(), age), [make]))


def shared_page(
    request: HttpRequest,
    templates: tuple[str, str],
    readers: Readers,
    context: Callable[[], Mapping[str, Any]],
) -> HttpResponse:
    """The page of ``templates`` (whole, and what htmx gets) for all ``readers``: kept_for_all."""
    whole, fragment = templates
    template = fragment if wants_fragment(request) else whole
    found = kept_for_all(request, template, readers, context)
    response = page.answer(request, found, readers.own)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
