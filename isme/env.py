"""What the environment says, typed, and remembered with its source for ``show_settings``."""

import ipaddress
import os
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


@dataclass(frozen=True)
class Reading:
    """One variable as it took effect. ``shown`` is safe to print."""

    name: str
    shown: str
    source: str


class Environment:
    """Reads variables and collects every complaint, so that an operator sees all at once."""

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self._values = dict(os.environ) if values is None else values
        self.readings: dict[str, Reading] = {}
        self.problems: list[str] = []

    def text(self, name: str, default: str = "", *, secret: bool = False) -> str:
        given = self._values.get(name)
        value = default if given is None else given.strip()
        source = "default" if given is None else "environment"
        self.readings[name] = Reading(name, _masked(value, secret=secret), source)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        word = self.text(name, "1" if default else "0").lower()
        if word not in TRUE_WORDS | FALSE_WORDS:
            self.problems.append(f"{name} must be 1 or 0, not {word!r}.")
        return word in TRUE_WORDS

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        try:
            return int(text)
        except ValueError:
            self.problems.append(f"{name} must be a whole number, not {text!r}.")
            return default

    def words(self, name: str, default: str = "") -> list[str]:
        return [word for word in self.text(name, default).replace(",", " ").split() if word]

    def networks(self, name: str, default: str = "") -> list[Network]:
        found: list[Network] = []
        for word in self.words(name, default):
            try:
                found.append(ipaddress.ip_network(word, strict=False))
            except ValueError:
                self.problems.append(f"{name} holds {word!r}, which is no network.")
        return found

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self.problems.append(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def require(self, condition: object, problem: str) -> None:
        if not condition:
            self.problems.append(problem)

    def finish(self) -> None:
        """Raise ImproperlyConfigured that names every wrong or missing variable."""
        if self.problems:
            lines = "\n".join(f"  - {problem}" for problem in self.problems)
            raise ImproperlyConfigured(f"ISME can't start with these settings:\n{lines}")


def _masked(value: str, *, secret: bool) -> str:
    """The value without its secret: whole secrets as dots, a URL without its password."""
    if not value:
        return value
    if secret:
        return "••••••"
    try:
        parts = urlsplit(value)
    except ValueError:  # no address; whoever reads it will say so
        return "••••••"
    if parts.password is None:
        return value
    user_and_host = parts.netloc.replace(f":{parts.password}@", ":••••••@")
    return urlunsplit(parts._replace(netloc=user_and_host))
