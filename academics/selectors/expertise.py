"""Fields of medicine: how many know and ask for each, and who."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academics.choices import ExpertiseKind
from academics.models import CourseExpertise, Expertise, LecturerExpertise
from academics.selectors.home import lecturer_courses
from accounts.models import LecturerProfile

ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "-lecturers": ("-lecturers", "name", "pk"),
    "lecturers": ("lecturers", "name", "pk"),
    "-courses": ("-courses", "name", "pk"),
    "courses": ("courses", "name", "pk"),
}
HOLDER_ORDERS = {"name": ("name", "pk"), "-name": ("-name", "-pk")}


def _counted(rows: "QuerySet[Any]", what: str) -> Coalesce:
    per = rows.filter(expertise=OuterRef("pk")).order_by().values("expertise")
    return Coalesce(Subquery(per.annotate(n=Count(what, distinct=True)).values("n")), 0)


def expertises(*, q: str = "") -> "QuerySet[Any]":
    """The list with ``lecturers`` and ``courses``: 1 query."""
    found = Expertise.objects.annotate(
        lecturers=_counted(LecturerExpertise.objects.all(), "lecturer"),
        courses=_counted(CourseExpertise.objects.all(), "course"),
    )
    return found.filter(name__icontains=q) if q else found


def holders(expertise_id: int, *, q: str = "") -> "QuerySet[Any]":
    """The lecturers who have it, with ``name`` and the ``kinds`` in which: 1 query."""
    mine = LecturerExpertise.objects.filter(expertise_id=expertise_id)
    of_one = mine.filter(lecturer=OuterRef("pk"))
    found = LecturerProfile.objects.filter(
        pk__in=mine.values("lecturer_id"), user__is_active=True
    ).select_related("user")
    found = found.annotate(
        name=F("user__name"),
        expert=Subquery(of_one.filter(kind=ExpertiseKind.EXPERTISE).values("pk")[:1]),
        competent=Subquery(of_one.filter(kind=ExpertiseKind.COMPETENCE).values("pk")[:1]),
    )
    if q:
        found = found.filter(
            Q(user__name__icontains=q) | Q(user__username__startswith=q.casefold())
        )
    return found


def courses_asking(expertise_id: int) -> list[Any]:
    """The courses that ask for it, by code: 1 query."""
    rows = CourseExpertise.objects.filter(expertise_id=expertise_id).select_related("course")
    return [row.course for row in rows.order_by("course__code")]


def of_lecturer(lecturer_id: int) -> dict[str, list[str]]:
    """Kind -> names, sorted: 1 query."""
    found: dict[str, list[str]] = {kind: [] for kind in ExpertiseKind.values}
    rows = LecturerExpertise.objects.filter(lecturer_id=lecturer_id)
    for kind, name in rows.order_by("expertise__name").values_list("kind", "expertise__name"):
        found[kind].append(name)
    return found


def names() -> list[str]:
    return list(Expertise.objects.order_by("name").values_list("name", flat=True))


def lecturer_card(lecturer_id: int) -> dict[str, Any]:
    """What a lecturer knows, and teaches in the active term: 2 queries."""
    known = of_lecturer(lecturer_id)
    return {
        "expertises": known[ExpertiseKind.EXPERTISE],
        "competences": known[ExpertiseKind.COMPETENCE],
        "roles": lecturer_courses(lecturer_id),
    }
