from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """From where somebody signs in: words for the history, facts for the throttle."""

    device: str
    place: str
    address: str = ""
    known: tuple[tuple[int, str], ...] = ()  # accounts that signed in here, each with its device
    ticket: str = ""
