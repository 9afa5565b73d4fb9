"""The ways out. Each sends one delivery and says what became of it by what it raises.

``send(delivery)`` returns the number that the other side gave it ("" for none), and raises
NoAddress, Refused (never again) or Away (later). It waits: only workers call it.
``reachable(people)`` returns those of the ids who have an address there: one query.
"""

from collections.abc import Callable, Collection

from django.conf import settings

from notifications.channels import email, push, whatsapp
from notifications.choices import Channel
from notifications.models import Delivery

Send = Callable[[Delivery], str]
Reachable = Callable[[Collection[int]], set[int]]
_WAYS: dict[str, tuple[Send, Reachable]] = {
    Channel.EMAIL: (email.send, email.reachable),
    Channel.PUSH: (push.send, push.reachable),
    Channel.WHATSAPP: (whatsapp.send, whatsapp.reachable),
}


def offered() -> list[Channel]:
    """The channels that this installation is set up for."""
    found = [Channel.EMAIL]
    if settings.WEBPUSH_PRIVATE_KEY:
        found.append(Channel.PUSH)
    if settings.WHATSAPP_URL:
        found.append(Channel.WHATSAPP)
    return found


def sender(channel: str) -> Send:
    return _WAYS[channel][0]


def reachable(channel: str) -> Reachable:
    return _WAYS[channel][1]
