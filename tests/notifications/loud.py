"""Kinds that leave by every channel, and what became of what was sent."""

from django.utils.translation import gettext_lazy

from accounts.models import User
from notifications import audiences, kinds
from notifications.choices import Channel, Importance, Topic
from notifications.models import Delivery, Notice
from notifications.services import fan_out
from notifications.services.notify import notify

E, P, W = Channel.EMAIL, Channel.PUSH, Channel.WHATSAPP
QUIET = kinds.Kind(name="tests.quiet", topic=Topic.FORUM, label="q", title="%(what)s")
LOUD = kinds.register(
    kinds.Kind(
        name="tests.loud",
        topic=Topic.FORUM,
        label="Loud things",
        title="%(what)s",
        channels=frozenset({E, P, W}),
    )
)
WORDED = kinds.register(
    kinds.Kind(
        name="tests.worded",
        topic=Topic.FORUM,
        label="Worded things",
        title=gettext_lazy("Your classes have changed"),  # words that the catalogue has
        channels=frozenset({W}),
    )
)
CRITICAL = kinds.register(
    kinds.Kind(
        name="tests.critical",
        topic=Topic.ACCOUNT,
        label="Critical things",
        title="%(what)s",
        importance=Importance.CRITICAL,
    )
)
ALL = [E, P, W]


def ask(*people: User, kind: str, what: str = "Moved") -> Notice:
    to = audiences.people(person.pk for person in people)
    return notify(kind, recipients=to, about="", by=None, what=what)


def tell(*people: User, kind: str = "tests.loud", what: str = "Moved") -> None:
    fan_out.tell_batch(notice_id=ask(*people, kind=kind, what=what).pk, after=0)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))
