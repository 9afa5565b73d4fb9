"""The academic structure of the demo faculty: the same seed gives the same faculty."""

from django.db import transaction

from academics.demo import people, structure
from isme.lib.hooks import DemoPlan


@transaction.atomic
def seed_faculty(plan: DemoPlan) -> None:
    """Create what is missing, in bulk; what exists stays. Everything or nothing."""
    structure.seed_rooms()
    terms = structure.seed_terms()
    offerings = structure.seed_courses(terms, plan.seed)
    people.seed_expertise(plan.seed)
    people.seed_roles(offerings, plan.seed)
    for term in terms:
        people.seed_groups(term, plan.seed)
        people.seed_classes(term)
