"""By which channels the people of a batch are told besides the inbox."""

from datetime import datetime, time

from accounts.models import User
from isme.lib import jobs
from notifications import channels, rules
from notifications.choices import Channel
from notifications.kinds import Kind, kind_or_unknown
from notifications.models import Delivery, Notice, Notification, Preference, Ways

SEND = "notifications.send"
DAILY_MAIL_AT = time(6)


def plan(notice: Notice, people: list[User], now: datetime) -> None:
    """Write a delivery for each person and channel, and ask for what is due.

    Queries: 1 for a kind that nobody wants outside the inbox, else 4 and 2 for each channel.
    """
    kind = kind_or_unknown(notice.kind)
    offered = channels.offered()
    ids = [person.pk for person in people]
    chosen: dict[int, dict[str, bool]] = {}
    for person_id, channel, is_on in Preference.objects.filter(
        kind=kind.name, person__in=ids
    ).values_list("person_id", "channel", "is_on"):
        chosen.setdefault(person_id, {})[channel] = is_on
    wanted = {pk: rules.channels_of(kind, chosen.get(pk, {}), offered) for pk in ids}
    wanted = {pk: found for pk, found in wanted.items() if found}
    if not wanted:
        return
    rows = list(_deliveries(notice, kind, wanted, now))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    for channel in sorted({row.channel for row in rows if row.due_at <= now}):
        key = f"{channel}:{notice.pk}:{ids[0]}"
        jobs.enqueue(SEND, key=key, channel=channel)


def _deliveries(
    notice: Notice, kind: Kind, wanted: dict[int, set[Channel]], now: datetime
) -> list[Delivery]:
    ways = {row.pk: row for row in Ways.objects.filter(pk__in=wanted)}
    inbox = Notification.objects.filter(notice=notice, person__in=wanted)
    rows = []
    for pk, person_id in inbox.values_list("pk", "person_id"):
        own = ways.get(person_id) or Ways(person_id=person_id, digest_at=DAILY_MAIL_AT)
        for channel in wanted[person_id]:
            digest = rules.goes_into_digest(kind, own, channel)
            due = rules.digest_due_at(own, now) if digest else rules.due_at(kind, own, now)
            rows.append(Delivery(notification_id=pk, channel=channel, digest=digest, due_at=due))
    return rows
