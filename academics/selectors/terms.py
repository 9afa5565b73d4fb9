from django.db.models import Count, QuerySet

from academics.models import AcademicYear, Term

ORDERS = {"-starts": ("-starts_on", "-pk"), "starts": ("starts_on", "pk")}


def current_term() -> Term | None:
    """The active term with its year: 1 query."""
    return Term.objects.select_related("year").filter(is_active=True).first()


def terms() -> "QuerySet[Term]":
    """All terms with their years, and how many courses each offers."""
    return Term.objects.select_related("year").annotate(courses=Count("offerings"))


def term_choices() -> list[Term]:
    """All terms, the newest first: 1 query."""
    return list(Term.objects.select_related("year").order_by("-starts_on", "-pk"))


def chosen_term(asked: str, choices: list[Term]) -> Term | None:
    """The term that the address asks for, else the active one, else the newest. No query."""
    for term in choices:
        if str(term.pk) == asked:
            return term
    active = [term for term in choices if term.is_active]
    return next(iter(active or choices), None)


def years() -> "QuerySet[AcademicYear]":
    return AcademicYear.objects.order_by("-first_year")
