"""How a person wants to be told."""

import hashlib
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from isme.lib.transactions import retry_atomic
from notifications.channels.push import is_allowed
from notifications.choices import Channel
from notifications.errors import NotificationsError
from notifications.kinds import kind_or_unknown
from notifications.models import Preference, PushSubscription, Ways

MOST_BROWSERS = 10


@retry_atomic
def save(
    *, person_id: int, ways: Mapping[str, Any], choices: Mapping[tuple[str, Channel], bool]
) -> None:
    """Keep the choices of the page, and no other. Locks the account: two tabs can't mix.

    Queries: 4.
    """
    User.objects.select_for_update().get(pk=person_id)
    Ways.objects.update_or_create(person_id=person_id, defaults=ways)
    Preference.objects.filter(
        person_id=person_id,
        kind__in={kind for kind, _channel in choices},
        channel__in={channel for _kind, channel in choices},
    ).delete()
    Preference.objects.bulk_create(
        Preference(person_id=person_id, kind=kind, channel=channel, is_on=is_on)
        for (kind, channel), is_on in choices.items()
        if is_on != (channel in kind_or_unknown(kind).channels)
    )


@retry_atomic
def turn_off(*, person_id: int, kind: str, channel: Channel) -> None:
    """Stop telling ``person_id`` of ``kind`` by ``channel``; harmless to repeat."""
    Preference.objects.update_or_create(
        person_id=person_id, kind=kind, channel=channel, defaults={"is_on": False}
    )


@retry_atomic
def add_browser(*, person_id: int, endpoint: str, keys: Mapping[str, str], device: str) -> None:
    """Let a browser be told; the person who used it last has it. Raises NotificationsError."""
    if not is_allowed(endpoint) or not all(keys.values()):
        raise NotificationsError(endpoint[:100])
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    PushSubscription.objects.update_or_create(
        endpoint_hash=digest,
        defaults={
            "person_id": person_id,
            "endpoint": endpoint,
            "public_key": keys["p256dh"],
            "auth": keys["auth"],
            "device": device,
        },
    )
    rows = PushSubscription.objects.filter(person_id=person_id).order_by("-pk")
    old = list(rows.values_list("pk", flat=True)[MOST_BROWSERS:])
    PushSubscription.objects.filter(pk__in=old).delete()


def remove_browser(*, person_id: int, pk: int) -> bool:
    return bool(PushSubscription.objects.filter(pk=pk, person_id=person_id).delete()[0])
