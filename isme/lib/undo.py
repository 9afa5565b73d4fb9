"""A message that offers the way back: better than asking "are you sure" beforehand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

MARK = "undo:"


def success_with_undo(request: HttpRequest, text: str, address: str) -> None:
    """Tell that ``text`` happened; its button POSTs to ``address``, a path of this site.

    The route must be safe to call twice, and ask for itself whether it may.
    """
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(f"An undo leads to a path of this site, not to {address!r}.")
    messages.success(request, text, extra_tags=MARK + address)


def address_of(message: Any) -> str:
    """Where the undo of ``message`` goes, or ""."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix(MARK) if tags.startswith(MARK) else ""


def passes(message: Any) -> bool:
    """Whether ``message`` may go by itself, as a toast: good news, nothing to be mended."""
    return bool(message.level < messages.WARNING)
