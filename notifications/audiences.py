"""Whom a notice is for: kept as a description, turned into people by the worker.

Apps register their own kinds of audience in ``AppConfig.ready``: a name, a function from its
parameters to a ``Q`` over accounts, and one from them to words in the language of the reader.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from accounts.choices import Role, StudentStatus
from accounts.models import User
from notifications.errors import UnknownAudience

Rule = Callable[..., Q]
Words = Callable[..., str]
PEOPLE = "people"
Part = dict[str, Any]  # {"name": ..., "values": {...}}, as the notice keeps it


@dataclass(frozen=True)
class Audience:
    """One or more described sets of people; ``|`` joins. Nobody is in it twice."""

    parts: tuple[Part, ...] = ()

    @classmethod
    def of(cls, name: str, **values: Any) -> "Audience":
        """Raises UnknownAudience."""
        _rule(name)
        return cls(({"name": name, "values": values},))

    def __or__(self, other: "Audience") -> "Audience":
        return Audience(self.parts + other.parts)

    def people(self) -> "QuerySet[User]":
        """The active accounts in it, in the order of their ids. Raises UnknownAudience."""
        condition = Q(pk__in=[])
        for part in self.parts:
            condition |= _rule(part["name"])(**part["values"])
        return User.objects.filter(condition, is_active=True).order_by("pk")

    @property
    def named(self) -> set[int] | None:
        """The ids of all accounts in it, active or not; None unless each is named. No query."""
        if any(part["name"] != PEOPLE for part in self.parts):
            return None
        return {pk for part in self.parts for pk in part["values"]["ids"]}

    @property
    def label(self) -> str:
        """Who they are, in the language of the reader; "" if a kind of it has no words."""
        said = [_words.get(part["name"]) for part in self.parts]
        if not all(said):
            return ""
        pairs = zip(said, self.parts, strict=True)
        return ", ".join(words(**part["values"]) for words, part in pairs if words)


_rules: dict[str, Rule] = {}
_words: dict[str, Words] = {}


def register(name: str, rule: Rule, words: Words | None = None) -> None:
    """Make a kind of audience known; the same name again replaces it.

    A kind that the office may choose needs ``words``.
    """
    _rules[name] = rule
    if words is not None:
        _words[name] = words


def _rule(name: str) -> Rule:
    try:
        return _rules[name]
    except KeyError:
        raise UnknownAudience(f"No kind of audience is called {name!r}.") from None


@dataclass(frozen=True)
class Option:
    """One audience that the office may choose for a broadcast; ``token`` names it in a form."""

    token: str
    audience: "Audience"

    @property
    def label(self) -> str:
        return self.audience.label


_offers: dict[str, Callable[[], Iterable[Option]]] = {}


def offer(name: str, options: Callable[[], Iterable[Option]]) -> None:
    """Let the office choose among ``options`` for broadcasts; asked when the form is shown."""
    _offers[name] = options


def options() -> list[Option]:
    """All that the office may choose. Queries: those of the offers."""
    return [option for offered in _offers.values() for option in offered()]


@dataclass(frozen=True)
class Finder:
    """Audiences that are too many to list: looked for by words, and found again by their tokens."""

    name: str
    search: Callable[[str], Iterable[Option]]
    named: Callable[[Collection[str]], Iterable[Option]]


_finders: dict[str, Finder] = {}


def find_among(finder: Finder) -> None:
    """Let the office look for audiences of ``finder``; the same name again replaces it."""
    _finders[finder.name] = finder


def search(q: str) -> list[Option]:
    """What the words of ``q`` fit. Queries: those of the finders."""
    return [option for finder in _finders.values() for option in finder.search(q)]


def named(tokens: Collection[str]) -> list[Option]:
    """What was found before, by its tokens; what is gone or never was is missing."""
    return [option for finder in _finders.values() for option in finder.named(tokens)]


def everyone() -> Audience:
    return Audience.of("everyone")


def role(*roles: str) -> Audience:
    return Audience.of("role", roles=list(roles))


def people(ids: Iterable[int]) -> Audience:
    return Audience.of(PEOPLE, ids=sorted(set(ids)))


def described(parts: Iterable[Mapping[str, Any]]) -> Audience:
    """The audience that a notice keeps."""
    return Audience(tuple(dict(part) for part in parts))


register("everyone", lambda: Q(pk__gt=0), lambda: gettext("Everybody"))
register(
    "role",
    lambda roles: Q(role__in=roles),
    lambda roles: ", ".join(str(Role(each).label) for each in roles),
)
register(PEOPLE, lambda ids: Q(pk__in=ids))
register(
    "level",
    lambda level: Q(student_profile__level=level, student_profile__status=StudentStatus.ACTIVE),
    lambda level: gettext("Active students of level %(level)s") % {"level": level},
)


def _own_options() -> Iterable[Option]:
    yield Option("everyone", everyone())
    for each in Role:
        yield Option(f"role:{each}", role(each.value))
    for level in range(1, 8):
        yield Option(f"level:{level}", Audience.of("level", level=level))


offer("notifications", _own_options)
