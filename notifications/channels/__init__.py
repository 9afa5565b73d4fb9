"""The ways out. Each sends one delivery and says what became of it by what it raises.

``send(delivery)`` returns the number that the other side gave it ("" for none), and raises
NoAddress, Refused (never again) or Away (later). It waits: only workers call it.
"""

from collections.abc import Callable

from django.conf import settings

from notifications.channels import email, push, whatsapp
from notifications.choices import Channel
from notifications.models import Delivery

Send = Callable[[Delivery], str]
_SENDERS: dict[str, Send] = {
    Channel.EMAIL: email.send,
    Channel.PUSH: push.send,
    Channel.WHATSAPP: whatsapp.send,
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
    return _SENDERS[channel]
