"""Telling many people something, by the office."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from isme.lib import audit, jobs, versions
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic
from notifications.audiences import Audience, Option
from notifications.choices import BROADCASTS
from notifications.models import Broadcast, Notice
from notifications.notices import BROADCAST
from notifications.services.notify import notify

SEND_BROADCAST = "notifications.broadcast"
MOST_LABEL_CHARACTERS = 500


@retry_atomic
def schedule(  # noqa: PLR0913 (a broadcast has that many sides)
    *,
    title: str,
    text: str,
    link: str,
    to: Sequence[Option],
    send_at: datetime | None,
    by: int,
    origin: Origin | None = None,
) -> Broadcast:
    """Note a broadcast; it goes out at ``send_at``, or now. Queries: 6."""
    audience = Audience()
    for option in to:
        audience |= option.audience
    row = Broadcast.objects.create(
        title=title,
        text=text,
        link=link,
        audience=list(audience.parts),
        audience_label=", ".join(option.label for option in to)[:MOST_LABEL_CHARACTERS],
        by_id=by,
        send_at=send_at or timezone.now(),
    )
    jobs.enqueue(SEND_BROADCAST, key=str(row.pk), due_at=row.send_at, broadcast_id=row.pk)
    versions.bump(BROADCASTS)
    audit.record(
        "broadcast.scheduled",
        actor_id=by,
        subject=f"broadcast:{row.pk}",
        origin=origin,
        details={
            "title": title,
            "to": [option.token for option in to],
            "at": row.send_at.isoformat(),
        },
    )
    return row


@retry_atomic
def send(*, broadcast_id: int) -> Notice | None:
    """Turn a broadcast into a notice, once; None if it was cancelled. Locks it."""
    row = Broadcast.objects.select_for_update().get(pk=broadcast_id)
    if row.cancelled_at:
        return None
    if row.notice_id is None:
        row.notice = notify(
            BROADCAST.name,
            recipients=row.people,
            about=f"broadcast:{row.pk}",
            by=None,
            key=f"broadcast:{row.pk}",
            title=row.title,
            text=row.text,
            link=row.link,
        )
        row.save(update_fields=["notice"])
        versions.bump(BROADCASTS)
    return row.notice


@retry_atomic
def cancel(*, broadcast_id: int, by: int, origin: Origin | None = None) -> bool:
    """Stop a broadcast; whoever was told already keeps it. Return whether there was a rest."""
    row = Broadcast.objects.select_for_update().get(pk=broadcast_id)
    if row.cancelled_at:
        return False
    now = timezone.now()
    if row.notice_id is not None:
        stopped = Notice.objects.filter(pk=row.notice_id, told_at=None, cancelled_at=None)
        if not stopped.update(cancelled_at=now):
            return False
    row.cancelled_at = now
    row.save(update_fields=["cancelled_at"])
    versions.bump(BROADCASTS)
    audit.record("broadcast.cancelled", actor_id=by, subject=f"broadcast:{row.pk}", origin=origin)
    return True
