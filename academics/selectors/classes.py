from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academics.models import Class, ClassMember
from academics.selectors.membership import classes_of
from accounts.models import User

ORDERS = {
    "course": ("offering__course__code", "name", "pk"),
    "-course": ("-offering__course__code", "-name", "-pk"),
    "name": ("name", "offering__course__code", "pk"),
    "-name": ("-name", "-offering__course__code", "-pk"),
    "size": ("size", "pk"),
    "-size": ("-size", "-pk"),
}
MEMBER_ORDERS = {
    "name": ("student__user__name", "pk"),
    "-name": ("-student__user__name", "-pk"),
    "number": ("student__user__username", "pk"),
    "-number": ("-student__user__username", "-pk"),
}

# How many sit in a class. Counted for each shown row alone: a join would carry the whole row of
# each class into a temporary table, once for each of its members.
SIZE = Coalesce(
    Subquery(
        ClassMember.objects.filter(course_class=OuterRef("pk"))
        .order_by()
        .values("course_class")
        .annotate(people=Count("pk"))
        .values("people")
    ),
    0,
)


def visible_classes(user: User, *, all_of_them: bool) -> "QuerySet[Class]":
    """Every class, or those that ``user`` sits in or teaches."""
    return _shown(Class.objects.all() if all_of_them else classes_of(user.pk))


def classes_among(ids: Collection[int] | None) -> "QuerySet[Class]":
    """The same where it is known which these are (academics.selectors.places); None: every."""
    return _shown(Class.objects.all() if ids is None else Class.objects.filter(pk__in=ids))


def _shown(rows: "QuerySet[Class]") -> "QuerySet[Class]":
    return rows.select_related("offering__course", "offering__term__year")


def filtered(
    rows: "QuerySet[Class]", *, q: str = "", term: str = "", level: str = ""
) -> "QuerySet[Any]":
    """Those of ``rows`` by a part of class or course, by term and level of the course."""
    if q:
        rows = rows.filter(
            Q(name__icontains=q)
            | Q(offering__course__code__contains=q.upper())
            | Q(offering__course__name__icontains=q)
        )
    if term:
        rows = rows.filter(offering__term_id=int(term))
    if level:
        rows = rows.filter(offering__course__level=int(level))
    return rows


def with_sizes(rows: "QuerySet[Class]") -> "QuerySet[Any]":
    """``rows`` with their ``size``: what an order by it and a sheet need for every one.

    MariaDB counts before it cuts a page off: 1,000 classes of 20 take it 12 ms.
    """
    return rows.annotate(size=SIZE)


def attach_sizes(rows: Sequence[Any]) -> None:
    """Give each class of a page its ``size``: 1 query."""
    members = ClassMember.objects.filter(course_class__in=[row.pk for row in rows]).order_by()
    sizes = dict(members.values_list("course_class").annotate(people=Count("pk")))
    for row in rows:
        row.size = sizes.get(row.pk, 0)


def members(row: Class, *, q: str = "") -> "QuerySet[Any]":
    """The students of a class, found by the beginning of name or number."""
    found = row.members.select_related("student__user").annotate(
        name=F("student__user__name"), number=F("student__user__username")
    )
    if q:
        found = found.filter(
            Q(student__user__name__icontains=q)
            | Q(student__user__identifiers__value__startswith=q.casefold())
        ).distinct()
    return found
