"""The kinds of notices that no higher app raises."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.choices import Topic

BROADCAST = kinds.Kind(
    name="notifications.broadcast",
    topic=Topic.ANNOUNCEMENT,
    label=_("Announcements of the academic office"),
    title="%(title)s",
    body="%(text)s",
    link="%(link)s",
    icon="megaphone",
)


def register() -> None:
    kinds.register(BROADCAST)
