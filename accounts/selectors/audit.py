from django.db.models import Q, QuerySet

from accounts.models import AuditEvent


def audit_trail(*, q: str = "", verb: str = "") -> "QuerySet[AuditEvent]":
    """Events of ``verb`` whose actor's name begins with ``q`` or whose subject is ``q``."""
    events = AuditEvent.objects.all()
    if verb:
        events = events.filter(verb=verb)
    if q:
        events = events.filter(Q(actor_name__istartswith=q) | Q(subject=q))
    return events


def audit_verbs() -> list[str]:
    """The kinds of events there are: one query over the index."""
    return list(AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct())
