from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from operator import itemgetter

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.models import AuditEvent, User
from isme.lib import audit_words

BATCH = 2000
MOST_NEW = 8
MOST_NAMED = 50  # people whom a search by name may mean


def audit_trail(
    *, q: str = "", verb: str = "", since: str = "", until: str = ""
) -> "QuerySet[AuditEvent]":
    """Events of ``verb`` by or about people whose name begins with ``q``, or whose subject it is.

    ``since`` and ``until`` are days of the faculty's calendar (YYYY-MM-DD), both included.
    """
    events = AuditEvent.objects.all()
    if verb:
        events = events.filter(verb=verb)
    if q:
        named = User.objects.filter(name__istartswith=q).order_by("name", "pk")
        keys = named.values_list("pk", flat=True)[:MOST_NAMED]
        about = [q, *(f"account:{key}" for key in keys)]
        events = events.filter(Q(actor_name__istartswith=q) | Q(subject__in=about))
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
    """All of ``events`` in words, the oldest first, 2,000 a query, whatever their number."""
    last = 0
    while rows := list(events.filter(number__gt=last).order_by("number")[:BATCH]):
        yield from in_words(rows)
        last = rows[-1].number


def in_words(events: Iterable[AuditEvent]) -> list[AuditEvent]:
    """``events`` with what each is ``about``: one query for each kind of subject among them."""
    found = list(events)
    named = audit_words.named(event.subject for event in found)
    for event in found:
        event.about = named[event.subject]
    return found


def audit_verbs() -> list[tuple[str, str]]:
    """The kinds of events there are, with their labels, by these: one query over the index."""
    rows = AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct()
    return sorted(((verb, audit_words.label_of(verb)) for verb in rows), key=itemgetter(1))


def newest_events() -> list[AuditEvent]:
    """What happened last, the youngest first: 1 query over the key, and those of ``in_words``."""
    return in_words(AuditEvent.objects.order_by("-number")[:MOST_NEW])
