"""Deleting what nobody looks at any more."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from notifications import activity
from notifications.models import Notice, Notification

DELETED_KEPT = timedelta(days=30)  # how long an undo is possible
READ_KEPT = timedelta(days=400)
ROWS = 1000
MOST_ROUNDS = 50  # the rest goes in the next hour


def prune() -> None:
    """Delete deleted notifications after 30 days, read ones and empty notices after 400.

    Unread ones stay. In batches of 1,000, at most 50,000 rows of each a run.
    """
    now = timezone.now()
    _delete(Notification.objects.filter(deleted_at__lt=now - DELETED_KEPT))
    old = now - READ_KEPT
    _delete(Notification.objects.filter(created_at__lt=old, read_at__isnull=False))
    told = Notice.objects.filter(told_at__lt=old, broadcast=None, notifications=None)
    _delete(told)
    activity.prune()


def _delete(rows: "QuerySet[Notification] | QuerySet[Notice]") -> None:
    for _round in range(MOST_ROUNDS):
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS])
        if not keys:
            return
        rows.model.objects.filter(pk__in=keys).delete()
