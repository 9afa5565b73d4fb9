"""Sending what is due: the delivery row is the to-do list, claimed one by one with a lease.

Who has no address is passed over together: most people have none for most channels.
"""

import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from isme.lib.transactions import retry_atomic
from notifications import channels
from notifications.choices import DeliveryState
from notifications.errors import Away, NoAddress, Refused
from notifications.models import Delivery

DRAIN_SECONDS = 60
LEASE_SECONDS = 60  # longer than a channel may take for one
ROWS = 100
PAUSES_MINUTES = (1, 5, 15, 30, 60, 120, 240, 480, 720)  # a day and some hours in all
MOST_TRIES = len(PAUSES_MINUTES) + 1
MOST_ERROR_CHARACTERS = 300


def due(channel: str) -> "QuerySet[Delivery]":
    """What waits for ``channel`` now, and what a worker that died was sending."""
    now = timezone.now()
    waiting = Q(state=DeliveryState.PENDING, due_at__lte=now)
    abandoned = Q(state=DeliveryState.SENDING, lease_until__lt=now)
    return Delivery.objects.filter(waiting | abandoned, channel=channel, digest=False)


def drain(channel: str) -> int:
    """Send what is due, the longest waiting first, for a minute at most; return how many left.

    Stops when the other side is away: one wait, not one for each message. Three statements for
    a hundred deliveries and three for each that has an address, beside those of the channel; no
    lock held while the other side is slow.
    """
    until = time.monotonic() + DRAIN_SECONDS
    sent = 0
    while rows := list(_next(channel)):
        for pk in _with_address(channel, rows):
            if time.monotonic() > until:
                return sent
            delivery = claim(pk)
            if delivery is None:
                continue
            try:
                sent += send_one(delivery)
            except Away as error:
                try_later(delivery, str(error))
                return sent
    return sent


def _next(channel: str) -> "QuerySet[Delivery, tuple[int, int]]":
    """The longest waiting, each with whom it is for."""
    rows = due(channel).order_by("due_at", "pk")
    return rows.values_list("pk", "notification__person_id")[:ROWS]


def _with_address(channel: str, rows: Sequence[tuple[int, int]]) -> list[int]:
    """Those of ``rows`` (delivery, person) who can be reached; the others are done with.

    The channel's query, and a statement if there are others.
    """
    reached = channels.reachable(channel)({person for _pk, person in rows})
    others = [pk for pk, person in rows if person not in reached]
    if others:
        due(channel).filter(pk__in=others).update(
            state=DeliveryState.SKIPPED, lease_until=None, lease_token=""
        )
    return [pk for pk, person in rows if person in reached]


def send_one(delivery: Delivery) -> bool:
    """Send a claimed delivery and note what became of it; return whether it left. Raises Away."""
    try:
        remote_id = channels.sender(delivery.channel)(delivery)
    except NoAddress:
        _settle(delivery, state=DeliveryState.SKIPPED)
    except Refused as error:
        _settle(delivery, state=DeliveryState.FAILED, error=str(error))
    except Away:
        raise
    except Exception as error:  # noqa: BLE001 (one bad notice must not stop the others)
        try_later(delivery, repr(error))
    else:
        now = timezone.now()
        _settle(delivery, state=DeliveryState.SENT, sent_at=now, remote_id=remote_id, error="")
        return True
    return False


def claim(pk: int) -> Delivery | None:
    """Take delivery ``pk`` for this worker, or None if another has it or it is done."""
    now = timezone.now()
    free = Q(state=DeliveryState.PENDING, due_at__lte=now)
    abandoned = Q(state=DeliveryState.SENDING, lease_until__lt=now)
    token = secrets.token_hex(16)
    taken = Delivery.objects.filter(free | abandoned, pk=pk).update(
        state=DeliveryState.SENDING,
        tries=F("tries") + 1,
        lease_until=now + timedelta(seconds=LEASE_SECONDS),
        lease_token=token,
    )
    if not taken:
        return None
    whole = Delivery.objects.select_related("notification__notice", "notification__person")
    return whole.filter(pk=pk, lease_token=token).first()


def try_later(delivery: Delivery, error: str) -> None:
    """Put it back with a pause; after a day of tries it has failed."""
    if delivery.tries >= MOST_TRIES:
        _settle(delivery, state=DeliveryState.FAILED, error=error)
        return
    pause = timedelta(minutes=PAUSES_MINUTES[delivery.tries - 1])
    _settle(delivery, state=DeliveryState.PENDING, due_at=timezone.now() + pause, error=error)


def _settle(delivery: Delivery, **changes: Any) -> None:
    if "error" in changes:
        changes["error"] = changes["error"][:MOST_ERROR_CHARACTERS]
    held = Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token)
    held.update(lease_until=None, lease_token="", **changes)


@retry_atomic
def send_again(*, notice_id: int) -> int:
    """Give what failed of a notice new tries, now; return how many there were."""
    failed = Delivery.objects.filter(
        notification__notice_id=notice_id, state=DeliveryState.FAILED
    ).values_list("pk", flat=True)
    return Delivery.objects.filter(pk__in=list(failed), state=DeliveryState.FAILED).update(
        state=DeliveryState.PENDING, tries=0, due_at=timezone.now(), error=""
    )


def gateway_told(*, remote_id: str, status: str) -> int:
    """Note what the gateway says of a message that it took; return how many it concerned."""
    known = Delivery.objects.filter(remote_id=remote_id, state=DeliveryState.SENT)
    if status in {"delivered", "read"}:
        return known.filter(seen_at=None).update(seen_at=timezone.now())
    if status in {"failed", "cancel", "rejected"}:
        return known.update(state=DeliveryState.FAILED, sent_at=None, error=f"gateway: {status}")
    return 0
