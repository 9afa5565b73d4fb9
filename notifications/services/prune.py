"""Deleting what nobody looks at any more."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from notifications import activity
from notifications.models import Notice, Notification
from notifications.selectors import badge

DELETED_KEPT = timedelta(days=30)  # how long an undo is possible
READ_KEPT = timedelta(days=400)
ROWS = 1000
MOST_ROUNDS = 50  # the rest goes in the next hour


def prune() -> None:
    """Delete deleted notifications after 30 days, read ones and empty notices after 400.

    Unread ones stay. In batches of 1,000, at most 50,000 rows of each a run.
    """
    now = timezone.now()
    _out_of_inboxes(Notification.objects.filter(deleted_at__lt=now - DELETED_KEPT))
    old = now - READ_KEPT
    _out_of_inboxes(Notification.objects.filter(created_at__lt=old, read_at__isnull=False))
    told = Notice.objects.filter(told_at__lt=old, broadcast=None, notifications=None)
    for _round in range(MOST_ROUNDS):
        keys = list(told.order_by("pk").values_list("pk", flat=True)[:ROWS])
        if not keys:
            break
        Notice.objects.filter(pk__in=keys).delete()
    activity.prune()


def _out_of_inboxes(rows: "QuerySet[Notification]") -> None:
    for _round in range(MOST_ROUNDS):
        people = dict(rows.order_by("pk").values_list("pk", "person_id")[:ROWS])
        if not people:
            return
        Notification.objects.filter(pk__in=people).delete()
        badge.forget_after_commit(set(people.values()))
