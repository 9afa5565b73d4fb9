"""What the office sees before it turns from one term to the next."""

from dataclasses import dataclass

from django.db.models import Count

from academics.choices import GroupKind
from academics.models import Class, CourseOffering, GroupMember, PromotionRun, StudentGroup, Term
from accounts.models import StudentProfile


@dataclass(frozen=True)
class TermFigures:
    """How much of a term is prepared, in rows and persons."""

    offerings: int
    classes: int
    large_groups: int
    small_groups: int
    students_in_groups: int
    without_coordinator: int


def term_figures(term: Term) -> TermFigures:
    """5 queries."""
    offerings = CourseOffering.objects.filter(term=term)
    kinds = dict(
        StudentGroup.objects.filter(term=term)
        .order_by("kind")
        .values_list("kind")
        .annotate(number=Count("pk"))
    )
    return TermFigures(
        offerings=offerings.count(),
        classes=Class.objects.filter(offering__term=term).count(),
        large_groups=kinds.get(GroupKind.LARGE, 0),
        small_groups=kinds.get(GroupKind.SMALL, 0),
        students_in_groups=GroupMember.objects.filter(term=term, kind=GroupKind.LARGE).count(),
        without_coordinator=offerings.exclude(teaching_roles__kind="coordinator").count(),
    )


def active_students() -> int:
    return StudentProfile.objects.filter(status="active").count()


def live_promotion_into(term: Term) -> PromotionRun | None:
    runs = PromotionRun.objects.filter(to_term=term, reverted_at=None)
    return runs.select_related("from_term__year", "made_by").first()


def promotions() -> list[PromotionRun]:
    """The latest ten, with their terms: 1 query."""
    runs = PromotionRun.objects.select_related(
        "from_term__year", "to_term__year", "made_by", "reverted_by"
    )
    return list(runs.order_by("-made_at", "-pk")[:10])
