"""What the components of the interface are given, where a pair is not enough."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Tab:
    """One tab: a link, and how many things lie behind it where that is known."""

    label: str | Promise
    address: str
    is_open: bool = False
    count: int | None = None
