from typing import Any

from django.db.models import F, Q, QuerySet

from academics.models import VeteranRecord

ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "-since": ("-set_at", "-pk"),
    "since": ("set_at", "pk"),
}


def veterans(*, q: str = "", status: str = "") -> "QuerySet[Any]":
    """Veterans, present and past, with their levels: 2 queries."""
    found = VeteranRecord.objects.select_related("student__user").annotate(
        name=F("student__user__name")
    )
    if q:
        found = found.filter(
            Q(student__user__name__icontains=q)
            | Q(student__user__identifiers__value__startswith=q.casefold())
        ).distinct()
    if status:
        found = found.filter(status=status)
    return found.prefetch_related("levels")
