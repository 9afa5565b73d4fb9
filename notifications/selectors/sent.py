"""What became of notices: for the office."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from notifications.choices import Channel, DeliveryState
from notifications.kinds import kind_or_unknown
from notifications.models import Broadcast, Delivery, Notice, Notification
from notifications.notices import BROADCAST

MOST_FAILURES = 50


@dataclass(frozen=True)
class ChannelLine:
    """What one channel did for a notice, in persons."""

    label: str
    sent: int
    arrived: int
    waiting: int
    failed: int
    without_address: int


@dataclass(frozen=True)
class Statistics:
    told: int
    expected: int
    read: int
    channels: list[ChannelLine]

    @property
    def rate(self) -> int:
        """Percent of the told who read it."""
        return round(100 * self.read / self.told) if self.told else 0

    @property
    def failed(self) -> int:
        return sum(line.failed for line in self.channels)


def sent_notices(kind: str = "", failed: str = "") -> "QuerySet[Notice]":
    """All, of one ``kind``, or (``failed``) those that some way out could not bring to somebody."""
    rows = Notice.objects.all()
    if kind:
        rows = rows.filter(kind=kind)
    if failed:
        lost = Delivery.objects.filter(state=DeliveryState.FAILED)
        rows = rows.filter(pk__in=lost.values("notification__notice_id"))
    return rows


def failed_of(notices: Iterable[Notice]) -> dict[int, int]:
    """Notice -> how many of its deliveries failed, of those that have any. One query."""
    rows = Delivery.objects.filter(
        state=DeliveryState.FAILED, notification__notice__in=[notice.pk for notice in notices]
    )
    return dict(rows.values_list("notification__notice_id").annotate(Count("pk")))


def label_of(notice: Notice) -> str:
    """What the office sees of a notice: of others than broadcasts only their kind."""
    if notice.kind == BROADCAST.name:
        return notice.words.title
    return str(kind_or_unknown(notice.kind).label)


def is_counted(notice: Notice) -> bool:
    """Whether the office may see how many people were told."""
    hides = kind_or_unknown(notice.kind).is_masked
    return hides is None or not hides(notice.values)


def statistics(notice: Notice) -> Statistics:
    """Two queries over the notice's people."""
    read = Notification.objects.filter(notice=notice, read_at__isnull=False).count()
    counted = (
        Delivery.objects.filter(notification__notice=notice)
        .values("channel")
        .annotate(
            sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
            arrived=Count("pk", filter=Q(seen_at__isnull=False)),
            failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
            skipped=Count("pk", filter=Q(state=DeliveryState.SKIPPED)),
            waiting=Count(
                "pk", filter=Q(state__in=[DeliveryState.PENDING, DeliveryState.SENDING])
            ),
        )
        .order_by("channel")
    )
    lines = [
        ChannelLine(
            label=str(Channel(row["channel"]).label),
            sent=row["sent"],
            arrived=row["arrived"],
            waiting=row["waiting"],
            failed=row["failed"],
            without_address=row["skipped"],
        )
        for row in counted
    ]
    expected = notice.told if notice.expected is None else max(notice.expected, notice.told)
    return Statistics(notice.told, expected, read, lines)


def failures(notice: Notice) -> list[Any]:
    """The newest failed deliveries with their persons: one query."""
    rows = Delivery.objects.filter(
        notification__notice=notice, state=DeliveryState.FAILED
    ).select_related("notification__person")
    return list(rows.order_by("-pk")[:MOST_FAILURES])


def broadcasts(q: str = "") -> "QuerySet[Broadcast]":
    """All, or those with ``q`` in title or text, with their notices and who sent them."""
    rows = Broadcast.objects.select_related("notice", "by")
    return rows.filter(Q(title__icontains=q) | Q(text__icontains=q)) if q else rows


def unfinished() -> "QuerySet[Broadcast]":
    """Broadcasts whose time has not come, or that the workers still bring to people."""
    waits = Q(notice=None) | Q(notice__told_at=None)
    return broadcasts().filter(waits, cancelled_at=None)
