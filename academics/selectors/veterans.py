from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from academics.models import VeteranEvent, VeteranRecord

MOST_EVENTS = 100
EVENTS = {
    "marked": _("Becomes a veteran with the next promotion"),
    "removed": _("No veteran any more"),
    "level_added": _("Sits in level %(level)s too"),
    "level_removed": _("Sits in level %(level)s no longer"),
    "promoted": _("Promoted to level %(level)s"),
    "reverted": _("Promotion taken back, level %(level)s again"),
}
ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "-since": ("-set_at", "-pk"),
    "since": ("set_at", "pk"),
}


def veterans(*, q: str = "", status: str = "") -> "QuerySet[Any]":
    """Veterans, present and past, with their levels: 2 queries."""
    found = VeteranRecord.objects.select_related("student").annotate(name=F("student__user__name"))
    if q:
        found = found.filter(
            Q(student__user__name__icontains=q)
            | Q(student__user__identifiers__value__startswith=q.casefold())
        ).distinct()
    if status:
        found = found.filter(status=status)
    return found.prefetch_related("levels")


def record(student_id: int) -> VeteranRecord | None:
    """One veteran with their person: 1 query."""
    rows = VeteranRecord.objects.select_related("student__user", "set_by")
    return rows.filter(pk=student_id).first()


def history(student_id: int) -> list[VeteranEvent]:
    """What happened to them, the newest first, with the words for each as ``text``: 1 query."""
    rows = VeteranEvent.objects.filter(student_id=student_id).select_related("by")
    found = list(rows.order_by("-at", "-pk")[:MOST_EVENTS])
    for row in found:
        words = EVENTS.get(row.verb, row.verb)
        row.text = str(words) % {"level": row.level}  # type: ignore[attr-defined]
    return found
