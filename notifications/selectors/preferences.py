"""The table of kinds and channels, as a person has chosen."""

from dataclasses import dataclass

from notifications import channels, rules
from notifications.choices import Channel, Topic
from notifications.kinds import known_kinds
from notifications.models import Preference, PushSubscription, Ways


@dataclass(frozen=True)
class Box:
    name: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class Row:
    label: str
    boxes: list[Box]
    is_fixed: bool


@dataclass(frozen=True)
class Group:
    label: str
    rows: list[Row]


def table(person_id: int, chosen: dict[tuple[str, Channel], bool] | None = None) -> list[Group]:
    """All kinds under their topics; ``chosen`` is what was just posted. One query, else none."""
    own: dict[str, dict[str, bool]] = {}
    if chosen is None:
        saved = Preference.objects.filter(person_id=person_id)
        for kind, channel, is_on in saved.values_list("kind", "channel", "is_on"):
            own.setdefault(kind, {})[channel] = is_on
    else:
        for (kind, channel), is_on in chosen.items():
            own.setdefault(kind, {})[channel] = is_on
    offered = channels.offered()
    groups: dict[str, list[Row]] = {}
    for known in known_kinds():
        on = rules.channels_of(known, own.get(known.name, {}), offered)
        boxes = [Box(f"{known.name}:{c}", str(c.label), c in on) for c in offered]
        groups.setdefault(known.topic, []).append(Row(str(known.label), boxes, known.is_critical))
    return [Group(str(Topic(topic).label), rows) for topic, rows in groups.items()]


def ways_of(person_id: int) -> Ways:
    """The person's own, or the defaults. One query."""
    return Ways.objects.filter(pk=person_id).first() or Ways(person_id=person_id)


def browsers_of(person_id: int) -> list[PushSubscription]:
    return list(PushSubscription.objects.filter(person_id=person_id).order_by("-pk"))
