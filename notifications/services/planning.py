"""By which channels the people of a batch are told besides the inbox."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time

from isme.lib import jobs
from notifications import channels, rules
from notifications.choices import Channel
from notifications.kinds import Kind, kind_or_unknown
from notifications.models import Delivery, Notice, Notification, Preference, Ways

SEND = "notifications.send"
DAILY_MAIL_AT = time(6)
Wanted = dict[tuple[int, int], tuple[Kind, set[Channel]]]  # by notice and person


def plan(told: Mapping[Notice, Sequence[int]], now: datetime) -> None:
    """Write a delivery for each person (ids) of each notice and each channel; ask for what is due.

    Queries: 1 for kinds that nobody wants outside the inbox, else 4 and 2 for each channel.
    """
    wanted = _wanted(told)
    if not wanted:
        return
    rows = list(_deliveries(wanted, now))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    first = next(iter(told))
    for channel in sorted({row.channel for row in rows if row.due_at <= now}):
        key = f"{channel}:{first.pk}:{told[first][0]}"
        jobs.enqueue(SEND, key=key, channel=channel)


def _wanted(told: Mapping[Notice, Sequence[int]]) -> Wanted:
    """By which channels, where there is one: a query."""
    offered = channels.offered()
    people = {pk for ids in told.values() for pk in ids}
    chosen: dict[tuple[int, str], dict[str, bool]] = {}
    for person_id, name, channel, is_on in Preference.objects.filter(
        kind__in={notice.kind for notice in told}, person__in=people
    ).values_list("person_id", "kind", "channel", "is_on"):
        chosen.setdefault((person_id, name), {})[channel] = is_on
    wanted: Wanted = {}
    for notice, ids in told.items():
        kind = kind_or_unknown(notice.kind)
        for pk in ids:
            ways = rules.channels_of(kind, chosen.get((pk, notice.kind), {}), offered)
            if ways:
                wanted[notice.pk, pk] = (kind, ways)
    return wanted


def _deliveries(wanted: Wanted, now: datetime) -> Iterator[Delivery]:
    """Two queries."""
    notices, people = ({key[part] for key in wanted} for part in (0, 1))
    ways = {row.pk: row for row in Ways.objects.filter(pk__in=people)}
    inbox = Notification.objects.filter(notice__in=notices, person__in=people)
    for pk, notice_id, person_id in inbox.values_list("pk", "notice_id", "person_id"):
        if (notice_id, person_id) not in wanted:
            continue
        kind, by = wanted[notice_id, person_id]
        own = ways.get(person_id) or Ways(person_id=person_id, digest_at=DAILY_MAIL_AT)
        for channel in by:
            digest = rules.goes_into_digest(kind, own, channel)
            due = rules.digest_due_at(own, now) if digest else rules.due_at(kind, own, now)
            yield Delivery(notification_id=pk, channel=channel, digest=digest, due_at=due)
