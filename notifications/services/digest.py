"""The daily mail: what a person would have got in single mails, in one."""

import secrets
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.channels import email
from notifications.choices import Channel, DeliveryState
from notifications.errors import Away, NoAddress, Refused
from notifications.models import Delivery
from notifications.services.deliver import LEASE_SECONDS, MOST_ERROR_CHARACTERS

PEOPLE = 200
MOST_ITEMS = 100
PAUSE = timedelta(minutes=15)


def waiting_people() -> list[int]:
    """Whose daily mail is due: at most 200 people."""
    rows = _due().values_list("notification__person_id", flat=True).distinct()
    return list(rows[:PEOPLE])


def _due() -> "QuerySet[Delivery]":
    now = timezone.now()
    free = Q(state=DeliveryState.PENDING, due_at__lte=now)
    abandoned = Q(state=DeliveryState.SENDING, lease_until__lt=now)
    return Delivery.objects.filter(free | abandoned, digest=True, channel=Channel.EMAIL)


def send_all() -> int:
    """Mail everybody whose hour has come; stops when the mail server is away."""
    sent = 0
    for person_id in waiting_people():
        try:
            sent += send_to(person_id)
        except Away:
            break
    return sent


def send_to(person_id: int) -> bool:
    """One mail with all that waits for ``person_id``. Raises Away, and then it is kept."""
    token = secrets.token_hex(16)
    now = timezone.now()
    keys = list(
        _due().filter(notification__person_id=person_id).values_list("pk", flat=True)[:MOST_ITEMS]
    )
    _due().filter(pk__in=keys).update(
        state=DeliveryState.SENDING,
        tries=F("tries") + 1,
        lease_until=now + timedelta(seconds=LEASE_SECONDS),
        lease_token=token,
    )
    mine = Delivery.objects.filter(pk__in=keys, lease_token=token)
    whole = mine.select_related("notification__notice").order_by("notification_id")
    rows = [row.notification for row in whole]
    if not rows:
        return False
    free = {"lease_until": None, "lease_token": ""}
    try:
        email.send_digest(User.objects.get(pk=person_id), rows, timezone.localdate())
    except NoAddress:
        mine.update(state=DeliveryState.SKIPPED, **free)
        return False
    except Refused as error:
        text = str(error)[:MOST_ERROR_CHARACTERS]
        mine.update(state=DeliveryState.FAILED, error=text, **free)
        return False
    except Away as error:
        text = str(error)[:MOST_ERROR_CHARACTERS]
        mine.update(state=DeliveryState.PENDING, due_at=now + PAUSE, error=text, **free)
        raise
    mine.update(state=DeliveryState.SENT, sent_at=timezone.now(), **free)
    return True
