"""Putting a notice into inboxes: by workers, in batches, each a transaction of its own.

A batch that is done again changes nothing: the notice's cursor has moved on, and one person
has one row of one notice (a unique key).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from isme.lib import jobs, versions
from isme.lib.transactions import retry_atomic
from notifications.choices import BROADCASTS
from notifications.models import Notice, Notification
from notifications.notices import BROADCAST
from notifications.selectors import badge
from notifications.services import planning
from notifications.services.notify import TELL

BATCH = 1000  # people; about 0.1 s each, so that others get their turn between two batches


@retry_atomic
def tell_batch(*, notice_id: int, after: int) -> int:
    """Tell the next people of the audience whose ids follow ``after``; return how many.

    The next batch, if there is one, is a job of the same transaction. Locks the notice.
    Queries: 6 in the first batch, 7 in the others, whatever the number of people, and those
    of planning.plan for a kind that leaves by more channels.
    """
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None or notice.cancelled_at:
        return 0
    if notice.told_at or notice.cursor != after:
        # Done before, by a worker that died after its commit and may not have told the cache.
        badge.forget(_told(notice, after))
        return 0
    audience = notice.people.people()
    if notice.by_id is not None:
        audience = audience.exclude(pk=notice.by_id)
    if notice.expected is None:
        notice.expected = audience.count()
    people = list(audience.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH])
    now = timezone.now()
    _tell({notice: people}, now)
    notice.told += len(people)
    if people:
        notice.cursor = people[-1]
    if len(people) < BATCH:
        notice.told_at = now
    else:
        next_key = f"{notice.pk}:{notice.cursor}"
        jobs.enqueue(TELL, key=next_key, notice_id=notice.pk, after=notice.cursor)
    notice.save(update_fields=["expected", "told", "cursor", "told_at"])
    _tell_the_cache([notice], people)
    return len(people)


@retry_atomic
def tell_few(*, notice_ids: Collection[int]) -> int:
    """Tell all people of notices that name few; return how many notices there were.

    Locks these notices, in the order of their ids. Queries: 5, and one more for each other
    number of people that a notice has; those of planning.plan besides. Safe to run twice: a
    notice that was told is passed over.
    """
    open_ones = Notice.objects.filter(pk__in=notice_ids, told_at=None, cancelled_at=None)
    notices = list(open_ones.select_for_update().order_by("pk"))
    # Told before, by a worker that died after its commit and may not have told the cache.
    done = set(notice_ids) - {notice.pk for notice in notices}
    if done:
        before = Notification.objects.filter(notice__in=done)
        badge.forget(list(before.values_list("person_id", flat=True)))
    if not notices:
        return 0
    named = {notice: notice.people.named or set() for notice in notices}
    active = set(
        User.objects.filter(pk__in=set().union(*named.values()), is_active=True).values_list(
            "pk", flat=True
        )
    )
    told = {notice: sorted((ids & active) - {notice.by_id}) for notice, ids in named.items()}
    now = timezone.now()
    _tell({notice: people for notice, people in told.items() if people}, now)
    _note_told(told, now)
    _tell_the_cache(notices, {pk for people in told.values() for pk in people})
    return len(notices)


def _tell(told: Mapping[Notice, Sequence[int]], now: datetime) -> None:
    """Put the notices into the inboxes of their people (ids), and plan the other ways."""
    if not any(told.values()):
        return
    _put_into_inboxes(told, now)
    planning.plan(told, now)


def _note_told(told: Mapping[Notice, Sequence[int]], now: datetime) -> None:
    """That all are told: one statement for each number of people."""
    by_number: dict[int, list[int]] = {}
    for notice, people in told.items():
        by_number.setdefault(len(people), []).append(notice.pk)
    for number, pks in by_number.items():
        Notice.objects.filter(pk__in=pks).update(expected=number, told=number, told_at=now)


def _tell_the_cache(notices: Iterable[Notice], people: Iterable[int]) -> None:
    """After the commit: who has something new, and how far a broadcast is."""
    badge.forget_after_commit(people)
    if any(notice.kind == BROADCAST.name for notice in notices):
        versions.bump(BROADCASTS)


def _told(notice: Notice, after: int) -> list[int]:
    """Those of the batch after ``after`` who have their row, and at most a batch of them."""
    told = Notification.objects.filter(notice=notice, person_id__gt=after)
    return list(told.order_by("person_id").values_list("person_id", flat=True)[:BATCH])


def _put_into_inboxes(told: Mapping[Notice, Sequence[int]], now: datetime) -> None:
    Notification.objects.bulk_create(
        (
            Notification(
                notice=notice,
                person_id=person_id,
                kind=notice.kind,
                term_id=notice.term_id,
                created_at=now,
            )
            for notice, people in told.items()
            for person_id in people
        ),
        ignore_conflicts=True,
    )
