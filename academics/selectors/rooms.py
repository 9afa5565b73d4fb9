from django.db.models import Q, QuerySet

from academics.models import Room

ORDERS = {
    "code": ("code",),
    "-code": ("-code",),
    "name": ("name", "code"),
    "-name": ("-name", "-code"),
    "capacity": ("capacity", "code"),
    "-capacity": ("-capacity", "code"),
}


def rooms(*, q: str = "", building: str = "", capacity: str = "") -> "QuerySet[Room]":
    """Rooms by a part of code or name, by building, and for at least ``capacity`` persons."""
    found = Room.objects.all()
    if q:
        found = found.filter(
            Q(code__contains=q) | Q(code__contains=q.upper()) | Q(name__icontains=q)
        )
    if building:
        found = found.filter(building=building)
    if capacity:
        found = found.filter(capacity__gte=int(capacity))
    return found


def buildings() -> list[str]:
    names = Room.objects.exclude(building="").order_by("building")
    return list(names.values_list("building", flat=True).distinct())
