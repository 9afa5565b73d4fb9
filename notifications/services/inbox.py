"""What people do with their own inbox."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from isme.lib.transactions import retry_atomic
from notifications.models import Notification
from notifications.selectors import badge


@retry_atomic
def mark_read(*, person_id: int, pk: int) -> int:
    """Mark one notification as read, and what is grouped with it; return how many changed.

    Two queries. Nothing happens to one that isn't theirs.
    """
    row = Notification.objects.select_related("notice").filter(pk=pk, person_id=person_id).first()
    if row is None:
        return 0
    same = Notification.objects.filter(person_id=person_id, pk=pk)
    if row.notice.about:
        same = Notification.objects.filter(
            person_id=person_id,
            pk__lte=pk,
            kind=row.kind,
            notice__kind=row.kind,
            notice__about=row.notice.about,
        )
    return _read(person_id, same)


@retry_atomic
def mark_all_read(*, person_id: int, at: datetime | None = None) -> int:
    """Mark everything of ``person_id`` as read; return how many there were.

    ``at`` is the time it gets, by which ``mark_unread`` finds again what this marked.
    """
    return _read(person_id, Notification.objects.filter(person_id=person_id), at)


@retry_atomic
def mark_unread(*, person_id: int, at: datetime) -> int:
    """Undo a ``mark_all_read`` of the time ``at``; return how many came back. One statement."""
    same = Notification.objects.filter(person_id=person_id, deleted_at=None, read_at=at)
    changed = same.update(read_at=None)
    badge.forget_after_commit([person_id])
    return changed


@retry_atomic
def seen(*, person_id: int, about: str) -> int:
    """The page of ``about`` was opened: what was unread of it counts as read. One statement."""
    return _read(person_id, Notification.objects.filter(person_id=person_id, notice__about=about))


@retry_atomic
def seen_kinds(*, person_id: int, kinds: Collection[str]) -> int:
    """The page that shows what notices of ``kinds`` tell was opened. One statement."""
    return _read(person_id, Notification.objects.filter(person_id=person_id, kind__in=kinds))


def _read(person_id: int, rows: "QuerySet[Notification]", at: datetime | None = None) -> int:
    unread = rows.filter(deleted_at=None, read_at=None)
    # MariaDB updates no table that it joins: the keys first.
    keys = list(unread.values_list("pk", flat=True))
    if not keys:
        return 0
    unread = Notification.objects.filter(pk__in=keys, read_at=None)
    changed = unread.update(read_at=at or timezone.now())
    badge.forget_after_commit([person_id])
    return changed


@retry_atomic
def delete(*, person_id: int, pk: int) -> bool:
    """Take one out of the inbox; ``restore`` brings it back. Return whether it was there."""
    mine = Notification.objects.filter(pk=pk, person_id=person_id, deleted_at=None)
    changed = mine.update(deleted_at=timezone.now())
    badge.forget_after_commit([person_id])
    return bool(changed)


@retry_atomic
def restore(*, person_id: int, pk: int) -> bool:
    """Put a deleted one back where it was. Return whether there was one."""
    mine = Notification.objects.filter(pk=pk, person_id=person_id, deleted_at__isnull=False)
    changed = mine.update(deleted_at=None)
    badge.forget_after_commit([person_id])
    return bool(changed)
