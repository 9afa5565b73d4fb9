"""What academics offer to the search over everything: courses, rooms, classes."""

from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academics.models import Class, Course, Room
from academics.selectors import places
from accounts.models import User
from accounts.rules import is_staff
from isme.lib import search
from isme.lib.replica import late
from isme.lib.search import Hit, Source


def offer() -> None:
    """Put the sources into the registry."""
    search.add(Source("courses", _("Courses"), "book", courses, 20, more="/courses/"))
    search.add(Source("classes", _("Classes"), "users", classes, 30, more="/classes/"))
    search.add(Source("rooms", _("Rooms"), "door", rooms, 40, more="/rooms/"))


def courses(user: User, text: str, limit: int) -> list[Hit]:
    """Courses by a part of code or name: 1 query. Codes are exact, and capital letters."""
    found = Course.objects.filter(Q(code__contains=text.upper()) | Q(name__icontains=text))
    return [
        Hit(course.name, course.get_absolute_url(), course.code)
        for course in late(found).order_by("code")[:limit]
    ]


def classes(user: User, text: str, limit: int) -> list[Hit]:
    """Classes of this term by name or course, for others than staff their own: 1 query.

    One more for the places of who asks, where the request doesn't know them.
    """
    found = Class.objects.filter(
        Q(name__icontains=text)
        | Q(offering__course__name__icontains=text)
        | Q(offering__course__code__contains=text.upper()),
        offering__term__is_active=True,
    )
    if not is_staff(user):
        found = found.filter(pk__in=places.of(user).now.classes)
    rows = late(found).order_by("offering__course__name", "pk")
    return [
        Hit(f"{course}, {name}", f"/classes/{pk}/")
        for pk, name, course in rows.values_list("pk", "name", "offering__course__name")[:limit]
    ]


def rooms(user: User, text: str, limit: int) -> list[Hit]:
    """Rooms by a part of code, name or building: 1 query. They lead to the list that shows them."""
    code = Q(code__contains=text) | Q(code__contains=text.upper())
    found = Room.objects.filter(code | Q(name__icontains=text) | Q(building__icontains=text))
    return [
        Hit(
            room.name,
            f"/rooms/?{urlencode({'q': room.code})}",
            f"{room.code}, {room.building}".strip(", "),
        )
        for room in late(found).order_by("code")[:limit]
    ]
