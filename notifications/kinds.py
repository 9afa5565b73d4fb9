"""The kinds of notices: each app registers its own, with their words, in ``AppConfig.ready``.

A notice keeps only its kind and values. Its words are made when somebody reads it, in the
reader's language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.choices import Channel, Importance, Topic
from notifications.errors import UnknownKind

Values = Mapping[str, Any]
MOST_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class Words:
    """One notice as it is shown, in the language that is active now."""

    title: str
    body: str
    link: str


@dataclass(frozen=True)
class Kind:
    """One kind of event. The texts are %-formats over the notice's values.

    ``channels`` are on by default besides the inbox. ``grouped`` (with ``count``) stands for
    many notices about the same thing. ``present`` turns stored values into readable ones. A
    critical kind breaks quiet hours and can't be turned off. ``is_masked`` says of which notices
    nobody may count the people: who is missing among them is the one who did it. ``roles`` are
    those whom it can reach (empty: all): others are offered no choice about it.
    """

    name: str
    topic: Topic
    label: str | Promise
    title: str | Promise
    body: str | Promise = ""
    link: str = ""
    icon: str = "bell"
    importance: Importance = Importance.NORMAL
    channels: frozenset[Channel] = frozenset()
    grouped: Any = None
    present: Callable[[Values], Values] | None = None
    is_masked: Callable[[Values], bool] | None = None
    roles: frozenset[str] = frozenset()

    def words(self, values: Values) -> Words:
        """Raises KeyError when a value is missing."""
        shown = self.present(values) if self.present else values
        link = self.link % values if self.link else ""
        if not link.startswith("/") or link.startswith("//"):
            link = ""
        body = str(self.body) % shown if self.body else ""
        return Words(title=str(self.title) % shown, body=body, link=link)

    def title_of_many(self, values: Values, count: int) -> str:
        """What ``count`` notices about one thing say together; the title of the newest if none."""
        shown = self.present(values) if self.present else values
        if self.grouped is None or count == 1:
            return str(self.title) % shown
        return str(self.grouped % {**shown, "count": count})

    @property
    def is_critical(self) -> bool:
        return self.importance == Importance.CRITICAL


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make ``kind`` known; the same name again replaces it. Raises ValueError for a bad one."""
    if not 0 < len(kind.name) <= MOST_NAME_CHARACTERS:
        raise ValueError(f"The name {kind.name!r} must have 1..{MOST_NAME_CHARACTERS} characters.")
    if kind.link and not kind.link.startswith(("/", "%(link)s")):
        raise ValueError(f"The link of {kind.name} must be a path of ours.")
    _kinds[kind.name] = kind
    return kind


def kind_named(name: str) -> Kind:
    """Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No kind of notice is called {name!r}.") from None


def known_kinds() -> list[Kind]:
    """All kinds in the order of their topics."""
    order = {topic: place for place, topic in enumerate(Topic)}
    return sorted(_kinds.values(), key=lambda kind: (order[kind.topic], kind.name))


def kinds_for(role: str) -> list[Kind]:
    """Those that can reach somebody of ``role``, in the order of their topics."""
    return [kind for kind in known_kinds() if not kind.roles or role in kind.roles]


def kind_or_unknown(name: str) -> Kind:
    """The kind, or a stand-in for one that this release doesn't know (any more)."""
    return _kinds.get(name) or Kind(
        name=name or "unknown",
        topic=Topic.ANNOUNCEMENT,
        label=_("Something else"),
        title=_("A notice from an older version of ISME"),
    )


def words_of(name: str, values: Values) -> Words:
    """The words of a stored notice. Never raises: an old notice may lack what a kind asks now."""
    kind = kind_or_unknown(name)
    try:
        return kind.words(values)
    except (KeyError, TypeError, ValueError):
        return Words(title=str(kind.label), body="", link="")
