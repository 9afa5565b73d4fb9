"""What the group pages show."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academics.choices import GroupKind
from academics.dealing import Card, GroupFigures, figures
from academics.models import GroupingRun, GroupMember, StudentGroup
from academics.selectors.students import numbers_of

ORDERS = {
    "level": ("-term__starts_on", "level", "kind", "number", "pk"),
    "-level": ("-term__starts_on", "-level", "kind", "number", "pk"),
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "size": ("size", "pk"),
    "-size": ("-size", "-pk"),
}


def groups_among(ids: Collection[int] | None) -> "QuerySet[StudentGroup]":
    """All large groups, or those in which somebody has a place (academics.selectors.places)."""
    if ids is None:
        found = StudentGroup.objects.filter(kind=GroupKind.LARGE)
    else:
        found = StudentGroup.objects.filter(pk__in=ids)
    return found.select_related("term__year", "parent")


def filtered(
    rows: "QuerySet[StudentGroup]", *, q: str = "", term: str = "", level: str = ""
) -> "QuerySet[Any]":
    """``rows`` with their ``size`` in persons and their number of small groups (``parts``)."""
    if q:
        rows = rows.filter(name__icontains=q)
    if term:
        rows = rows.filter(term_id=int(term))
    if level:
        rows = rows.filter(level=int(level))
    return rows.annotate(
        size=_count(GroupMember.objects.filter(group=OuterRef("pk")), "group"),
        parts=_count(StudentGroup.objects.filter(parent=OuterRef("pk")), "parent"),
    )


def _count(rows: "QuerySet[Any]", by: str) -> Coalesce:
    """How many of ``rows`` belong to each: counted for the rows of a page only."""
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True)
class Column:
    """One small group of the board, or (``group`` None) those who are in none yet."""

    group: StudentGroup | None
    places: list[GroupMember]
    figures: GroupFigures


def board(large: StudentGroup) -> list[Column]:
    """The small groups with their people, after those who have no small group: 3 queries."""
    small = list(large.small_groups.order_by("number"))
    places = (
        GroupMember.objects.filter(group__in=[large, *small])
        .select_related("student__user")
        .annotate(name=F("student__user__name"))
        .order_by("name", "pk")
    )
    by_group: dict[int, list[GroupMember]] = defaultdict(list)
    for place in places:
        by_group[place.group_id].append(place)
    placed = {place.student_id for group in small for place in by_group[group.pk]}
    free = [place for place in by_group[large.pk] if place.student_id not in placed]
    columns = [Column(group, by_group[group.pk], _figures(by_group[group.pk])) for group in small]
    return [Column(None, free, _figures(free)), *columns] if free or not small else columns


def attach_numbers(columns: list[Column]) -> None:
    """Give each place the ``nim`` that tells namesakes apart: 1 query."""
    places = [place for column in columns for place in column.places]
    numbers = numbers_of([place.student_id for place in places])
    for place in places:
        place.nim = numbers.get(place.student_id, "")  # type: ignore[attr-defined]


def _figures(places: list[GroupMember]) -> GroupFigures:
    return figures(
        [
            Card(place.student_id, place.student.gender, float(place.student.gpa or 0))
            for place in places
        ]
    )


def proposed(wanted: dict[int, int], cards: list[Card], groups: int) -> list[GroupFigures]:
    """The statistics of each group of a proposal (student id -> number). No query."""
    by_number: dict[int, list[Card]] = defaultdict(list)
    for card in cards:
        by_number[wanted[card.student_id]].append(card)
    return [figures(by_number[number]) for number in range(1, groups + 1)]


def small_places(large: StudentGroup, student_ids: Collection[int]) -> dict[int, list[int]]:
    """Where these members are: the id of their small group, 0 for none, to their ids. 1 query."""
    rows = GroupMember.objects.filter(group__parent=large, student_id__in=student_ids)
    found: dict[int, list[int]] = {}
    for student, where in rows.order_by("student_id").values_list("student_id", "group_id"):
        found.setdefault(where, []).append(student)
    placed = {student for students in found.values() for student in students}
    if free := sorted(set(student_ids) - placed):
        found[0] = free
    return found


def last_dealing(large: StudentGroup) -> GroupingRun | None:
    """The newest dealing that stands: 1 query."""
    runs = large.grouping_runs.filter(undone_at=None).select_related("made_by")
    return runs.order_by("-made_at", "-pk").first()
