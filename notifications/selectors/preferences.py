"""The table of kinds and channels, as a person has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from notifications import channels, rules
from notifications.choices import Channel, Topic
from notifications.kinds import kinds_for
from notifications.models import Preference, PushSubscription, Ways


@dataclass(frozen=True)
class Box:
    name: str
    channel: str
    is_on: bool


@dataclass(frozen=True)
class Row:
    name: str
    label: str
    boxes: list[Box]
    is_fixed: bool


@dataclass(frozen=True)
class Group:
    name: str
    label: str
    rows: list[Row]


def table(person: User, chosen: Mapping[tuple[str, Channel], bool] | None = None) -> list[Group]:
    """The kinds that can reach ``person``, under their topics. One query.

    ``chosen`` is what was just posted; the rest is as it was kept.
    """
    own: dict[str, dict[str, bool]] = {}
    saved = Preference.objects.filter(person_id=person.pk)
    for kind, channel, is_on in saved.values_list("kind", "channel", "is_on"):
        own.setdefault(kind, {})[channel] = is_on
    for (kind, channel), is_on in (chosen or {}).items():
        own.setdefault(kind, {})[channel] = is_on
    offered = channels.offered()
    groups: dict[str, list[Row]] = {}
    for known in kinds_for(person.role):
        on = rules.channels_of(known, own.get(known.name, {}), offered)
        boxes = [Box(f"{known.name}:{c}", c, c in on) for c in offered]
        row = Row(known.name, str(known.label), boxes, known.is_critical)
        groups.setdefault(known.topic, []).append(row)
    return [Group(topic, str(Topic(topic).label), rows) for topic, rows in groups.items()]


def ways_of(person_id: int) -> Ways:
    """The person's own, or the defaults. One query."""
    return Ways.objects.filter(pk=person_id).first() or Ways(person_id=person_id)


def browsers_of(person_id: int) -> list[PushSubscription]:
    return list(PushSubscription.objects.filter(person_id=person_id).order_by("-pk"))
