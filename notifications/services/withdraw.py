"""Taking back what was told of something that is gone: its words leave inboxes and mails to come."""

import secrets

from django.utils import timezone

from isme.lib import jobs
from isme.lib.transactions import retry_atomic
from notifications.kinds import known_kinds
from notifications.models import Notice, Notification
from notifications.selectors import badge
from notifications.services.notify import Scalar

TAKE_BACK = "notifications.take_back"
BATCH = 1000  # people


def withdraw(kinds: str, *, about: str, name: str = "", value: Scalar = None) -> None:
    """Take back the notices about ``about`` whose kind begins with ``kinds`` ("forum.").

    With ``name`` only those with this ``value``. A job of the caller's transaction: one query.
    """
    key = secrets.token_hex(16)
    jobs.enqueue(
        TAKE_BACK, key=key, fresh_key=True, kinds=kinds, about=about, name=name, value=value
    )


def take_back(*, kinds: str, about: str, name: str, value: Scalar) -> int:
    """Do it; return how many notices there were. Safe to run twice."""
    names = [kind.name for kind in known_kinds() if kind.name.startswith(kinds)]
    rows = Notice.objects.filter(kind__in=names, about=about, cancelled_at=None)
    if name:
        rows = rows.filter(**{f"values__{name}": value})
    keys = list(rows.values_list("pk", flat=True))
    for pk in keys:
        while _out_of_inboxes(pk):
            pass
    return len(keys)


@retry_atomic
def _out_of_inboxes(pk: int) -> bool:
    """The next people of one notice; whether there may be more. Locks it, as who tells does."""
    notice = Notice.objects.select_for_update().get(pk=pk)
    told = Notification.objects.filter(notice=notice).order_by("pk")
    people = dict(told.values_list("pk", "person_id")[:BATCH])
    Notification.objects.filter(pk__in=people).delete()
    if len(people) < BATCH:
        notice.cancelled_at = timezone.now()
        notice.values = {
            name: "" if isinstance(value, str) else value for name, value in notice.values.items()
        }
        notice.save(update_fields=["cancelled_at", "values"])
    badge.forget_after_commit(people.values())
    return len(people) == BATCH
