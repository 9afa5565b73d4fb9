"""The boards that somebody may read, and those of their courses and classes still to be made."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.text import slugify

from academics.models import Class, CourseOffering
from academics.selectors import membership, places
from academics.selectors.places import Places
from accounts.models import User
from forum.models import ForumCategory, Thread
from forum.querysets import STAFF

KEPT_SHELVES = 256  # in each process; some dozens of rows each


class Board(NamedTuple):
    """A board that nobody opened yet, by its name and address."""

    name: str
    address: str


class Shelf(NamedTuple):
    """The boards of one person: those there are, and those that their first visit makes."""

    categories: tuple[ForumCategory, ...]
    unopened: tuple[Board, ...]


def shelf_of(user: User, words: Sequence[str]) -> Shelf:
    """The boards of ``user``; no query while people with the same places have just asked.

    ``words`` are the versions of boards and structure; with an empty one nothing is kept: 3
    queries. Many share what is given: it is not to be changed.
    """
    # Boards are of courses and classes: those who differ in a group alone share theirs.
    key = (user.role, Places(places.of(user).rows), tuple(words))
    return _kept_shelf(*key) if all(words) else _shelf(*key)


def _shelf(role: str, mine: Places, _words: tuple[str, ...]) -> Shelf:
    user = places.somebody(role, mine)
    return Shelf(tuple(ForumCategory.objects.visible_to(user)), tuple(unopened(user)))


_kept_shelf = lru_cache(maxsize=KEPT_SHELVES)(_shelf)


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


def free_slug(name: str) -> str:
    """The address of a new category of this name; with a number where others have it."""
    base = slugify(name)[:70] or "kategori"
    taken = set(ForumCategory.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(one for one in numbers if one not in taken)
