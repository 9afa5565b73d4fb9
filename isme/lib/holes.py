"""Text with holes: rendered once, cut at its holes, and then filled for each who gets it.

A hole is a name between two NULs, which can be neither in a form field nor in a template: it
can't be forged by what people type.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from django.utils.safestring import SafeString

INDENT = re.compile(r"\n\s+")


@cache
def hole(name: str) -> SafeString:
    """What a template shows where ``name`` shall stand later."""
    return SafeString(f"\0{name}\0")


def holes(*names: str) -> dict[str, SafeString]:
    """A context in which each of ``names`` is its hole."""
    return {name: hole(name) for name in names}


def cut(html: str) -> tuple[str, ...]:
    """``html`` without its indentation, in pieces; each second one is the name of a hole."""
    return tuple(INDENT.sub("\n", html).split("\0"))


def fill(pieces: Iterable[str], values: Mapping[str, str]) -> SafeString:
    """The pieces with what ``values`` says in their holes. The values are HTML already.

    Raises KeyError for a hole of which nothing is said.
    """
    found = list(pieces)
    found[1::2] = [values[name] for name in found[1::2]]
    return SafeString("".join(found))
