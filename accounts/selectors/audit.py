from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.models import AuditEvent

BATCH = 2000
MOST_NEW = 8


def audit_trail(
    *, q: str = "", verb: str = "", since: str = "", until: str = ""
) -> "QuerySet[AuditEvent]":
    """Events of ``verb`` whose actor's name begins with ``q`` or whose subject is ``q``.

    ``since`` and ``until`` are days of the faculty's calendar (YYYY-MM-DD), both included.
    """
    events = AuditEvent.objects.all()
    if verb:
        events = events.filter(verb=verb)
    if q:
        events = events.filter(Q(actor_name__istartswith=q) | Q(subject=q))
    if since:
        events = events.filter(at__gte=_midnight(since))
    if until:
        events = events.filter(at__lt=_midnight(until, days=1))
    return events


def _midnight(day: str, days: int = 0) -> datetime:
    """The beginning of ``day``, or of so many later."""
    found = parse_date(day)
    assert found is not None  # noqa: S101 (the view lets only days through)
    return timezone.make_aware(datetime.combine(found + timedelta(days=days), time.min))


def in_order(events: "QuerySet[AuditEvent]") -> Iterator[AuditEvent]:
    """All of ``events``, the oldest first, 2,000 a query, whatever their number."""
    last = 0
    while rows := list(events.filter(number__gt=last).order_by("number")[:BATCH]):
        yield from rows
        last = rows[-1].number


def audit_verbs() -> list[str]:
    """The kinds of events there are: one query over the index."""
    return list(AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct())


def newest_events() -> list[AuditEvent]:
    """What happened last, the youngest first: 1 query over the key."""
    return list(AuditEvent.objects.order_by("-number")[:MOST_NEW])
