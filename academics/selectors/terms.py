from academics.models import Term


def current_term() -> Term | None:
    """The active term with its year: 1 query."""
    return Term.objects.select_related("year").filter(is_active=True).first()
