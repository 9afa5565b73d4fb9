"""The boards of courses and classes that somebody belongs to."""

from typing import Any, NamedTuple

from django.db.models import Q

from academics.models import Class, CourseOffering
from academics.selectors import membership, places
from accounts.models import User
from forum.models import ForumCategory, Thread
from forum.querysets import STAFF


class Board(NamedTuple):
    """A board that nobody opened yet, by its name and address."""

    name: str
    address: str


def offering_for(user: User, pk: int) -> CourseOffering | None:
    """The offering, if ``user`` takes or teaches it or is of the office. One query."""
    rows = CourseOffering.objects.all()
    if user.role not in STAFF:
        rows = membership.offerings_of(user.pk)
    return rows.select_related("course", "term__year").filter(pk=pk).first()


def class_for(user: User, pk: int) -> Class | None:
    rows = Class.objects.all()
    if user.role not in STAFF:
        rows = membership.classes_of(user.pk)
    return rows.select_related("offering__course").filter(pk=pk).first()


def unread_in(user: User, **board: Any) -> int:
    """How many threads of a board (``offering`` or ``course_class``) have news: 1 query."""
    there = {f"category__{name}": of for name, of in board.items()}
    rows = Thread.objects.visible_to(user).filter(**there).with_marks_of(user)
    return rows.filter(Q(is_unread=True)).count()


def unopened(user: User) -> list[Board]:
    """Boards of the running term's courses and classes of ``user`` that don't exist yet.

    Two queries, three where the places of ``user`` are not known yet, none where there are no
    places; none for the office, which sees the boards that there are.
    """
    if user.role in STAFF:
        return []
    mine = places.of(user).now
    made = ForumCategory.objects.exclude(offering=None).values("offering_id")
    courses = CourseOffering.objects.filter(pk__in=mine.offerings).exclude(pk__in=made)
    opened = ForumCategory.objects.exclude(course_class=None).values("course_class_id")
    classes = Class.objects.filter(pk__in=mine.classes).exclude(pk__in=opened)
    classes = classes.order_by("offering__course__name", "name", "pk")
    return [
        *(
            Board(name, f"/forum/courses/{pk}/")
            for pk, name in courses.order_by("course__name", "pk").values_list(
                "pk", "course__name"
            )
        ),
        *(
            Board(f"{course}, {name}", f"/forum/classes/{pk}/")
            for pk, course, name in classes.values_list("pk", "offering__course__name", "name")
        ),
    ]
