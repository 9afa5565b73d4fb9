"""What the office sees before it turns from one term to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from academics.choices import GroupKind
from academics.models import Class, CourseOffering, GroupMember, PromotionRun, StudentGroup, Term
from academics.rules import leads_to
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


def live_promotion(from_term: Term | None, to_term: Term) -> PromotionRun | None:
    """The one that stands in the way of another between these terms: 1 query."""
    ends = Q(to_term=to_term) | Q(from_term=from_term) if from_term else Q(to_term=to_term)
    return PromotionRun.objects.filter(ends, reverted_at=None).first()


def attach_promotable(terms: Sequence[Any], now: Term | None) -> None:
    """Say of each of ``terms`` whether students can be promoted into it from ``now``: 1 query."""
    runs = PromotionRun.objects.filter(reverted_at=None)
    ends = list(runs.values_list("from_term_id", "to_term_id"))
    is_done = now is not None and now.pk in {start for start, _end in ends}
    into = {end for _start, end in ends}
    for term in terms:
        possible = now is not None and not is_done and term.pk not in into
        term.can_promote = possible and now is not None and leads_to(now, term)


def promotions() -> list[PromotionRun]:
    """The latest ten, with their terms: 1 query."""
    runs = PromotionRun.objects.select_related(
        "from_term__year", "to_term__year", "made_by", "reverted_by"
    )
    return list(runs.order_by("-made_at", "-pk")[:10])
