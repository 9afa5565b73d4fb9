"""The kinds of notices that no higher app raises."""

from django.utils.translation import gettext_lazy as _

from accounts.choices import Place, Role
from notifications import kinds
from notifications.choices import Channel, Importance, Topic

BROADCAST = kinds.Kind(
    name="notifications.broadcast",
    topic=Topic.ANNOUNCEMENT,
    label=_("Announcements of the academic office"),
    title="%(title)s",
    body="%(text)s",
    link="%(link)s",
    icon="megaphone",
)


def _place(values: kinds.Values) -> kinds.Values:
    place = values["place"]
    return {**values, "place": Place(place).label if place in Place.values else "?"}


def _role(values: kinds.Values) -> kinds.Values:
    role = values["role"]
    return {"role": Role(role).label if role in Role.values else role}


NEW_DEVICE = kinds.Kind(
    name="accounts.new_device",
    topic=Topic.ACCOUNT,
    label=_("Sign-ins on a new device"),
    title=_("Signed in on a new device"),
    body=_("%(device)s, %(place)s. Was it not you? Change your password now."),
    link="/accounts/profile/",
    icon="shield",
    importance=Importance.HIGH,
    channels=frozenset({Channel.EMAIL}),
    present=_place,
)
ROLE_CHANGED = kinds.Kind(
    name="accounts.role_changed",
    topic=Topic.ACCOUNT,
    label=_("Changes of my rights"),
    title=_("Your account is now: %(role)s"),
    body=_("Sign in again to see the pages of this role."),
    link="/accounts/profile/",
    icon="shield",
    importance=Importance.CRITICAL,
    present=_role,
)


def register() -> None:
    for kind in (BROADCAST, NEW_DEVICE, ROLE_CHANGED):
        kinds.register(kind)
