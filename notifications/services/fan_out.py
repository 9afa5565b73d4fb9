"""Putting a notice into inboxes: by workers, in batches, each a transaction of its own.

A batch that is done again changes nothing: the notice's cursor has moved on, and one person
has one row of one notice (a unique key).
"""

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
    people = list(audience.filter(pk__gt=after).only("pk", "language")[:BATCH])
    now = timezone.now()
    _put_into_inboxes(notice, people, now)
    if people:
        planning.plan(notice, people, now)
    notice.told += len(people)
    if people:
        notice.cursor = people[-1].pk
    if len(people) < BATCH:
        notice.told_at = now
    else:
        next_key = f"{notice.pk}:{notice.cursor}"
        jobs.enqueue(TELL, key=next_key, notice_id=notice.pk, after=notice.cursor)
    notice.save(update_fields=["expected", "told", "cursor", "told_at"])
    _tell_the_cache(notice, people)
    return len(people)


def _tell_the_cache(notice: Notice, people: list[User]) -> None:
    """After the commit: who has something new, and how far a broadcast is."""
    badge.forget_after_commit(person.pk for person in people)
    if notice.kind == BROADCAST.name:
        versions.bump(BROADCASTS)


def _told(notice: Notice, after: int) -> list[int]:
    """Those of the batch after ``after`` who have their row, and at most a batch of them."""
    told = Notification.objects.filter(notice=notice, person_id__gt=after)
    return list(told.order_by("person_id").values_list("person_id", flat=True)[:BATCH])


def _put_into_inboxes(notice: Notice, people: list[User], now: datetime) -> None:
    Notification.objects.bulk_create(
        (
            Notification(
                notice=notice,
                person=person,
                kind=notice.kind,
                term_id=notice.term_id,
                created_at=now,
            )
            for person in people
        ),
        ignore_conflicts=True,
    )
