"""Who is told by what and when, and who may do what."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.choices import Role
from accounts.models import User
from notifications.choices import Channel
from notifications.kinds import Kind
from notifications.models import Ways


def channels_of(
    kind: Kind, choices: Mapping[str, bool], offered: Iterable[Channel]
) -> set[Channel]:
    """By which of the ``offered`` channels one person is told; ``choices`` are their own.

    A critical kind goes by all of them, whatever was chosen.
    """
    return {
        channel
        for channel in offered
        if kind.is_critical or choices.get(channel, channel in kind.channels)
    }


def due_at(kind: Kind, ways: Ways, now: datetime) -> datetime:
    """When a message may leave: now, or when the quiet hours of the person end."""
    if kind.is_critical or ways.quiet_from is None or ways.quiet_until is None:
        return now
    local = now.astimezone(ZoneInfo(ways.zone))
    if not _is_within(local.time(), ways.quiet_from, ways.quiet_until):
        return now
    return _next(local, ways.quiet_until)


def digest_due_at(ways: Ways, now: datetime) -> datetime:
    """When the next daily mail of the person leaves."""
    return _next(now.astimezone(ZoneInfo(ways.zone)), ways.digest_at)


def goes_into_digest(kind: Kind, ways: Ways, channel: Channel) -> bool:
    return channel == Channel.EMAIL and ways.digest and not kind.is_critical


def _is_within(moment: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


def _next(local: datetime, moment: time) -> datetime:
    at = local.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def can_broadcast(user: User) -> bool:
    """Tell many people something, and see what became of notices."""
    return user.role in {Role.SUPER_ADMIN, Role.OFFICE}
