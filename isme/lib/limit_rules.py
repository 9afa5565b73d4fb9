"""What a limit may say, and how it answers. The mechanism is isme.lib.limits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """At most ``limit`` failures in any ``seconds``."""

    key: str
    limit: int
    seconds: int
    kind: str = "window"


@dataclass(frozen=True)
class Backoff:
    """``free`` failures in a row, then a pause of ``first`` seconds that doubles up to ``most``."""

    key: str
    free: int
    first: int
    most: int
    seconds: int  # forgotten after so long without a failure
    kind: str = "backoff"


@dataclass(frozen=True)
class Spread:
    """Distinct ``member``s that failed here: ``free``, and 1 more for ``per`` that succeeded.

    Beyond it one ticket is redeemed each ``slow`` seconds; each second where ``quick``, or
    where ``trusted`` distinct members succeeded in a day.
    """

    key: str
    member: str
    quick: bool = False
    free: int = 30
    per: int = 3
    seconds: int = 600
    slow: int = 60
    trusted: int = 100
    kind: str = "spread"


@dataclass(frozen=True)
class Surge:
    """Failures everywhere: more than ``times`` the usual number (at least ``floor``)."""

    key: str
    seconds: int = 600
    times: int = 5
    floor: int = 60
    kind: str = "surge"


Rule = Window | Backoff | Spread | Surge


class Held(Exception):
    """Over a limit; ``seconds`` until the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"held for {seconds} s")
        self.seconds = seconds


class Crowded(Held):
    """Over a Spread or Surge: only with a ticket. ``seconds`` until one may be redeemed."""
