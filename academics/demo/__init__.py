"""The academic structure of the demo faculty: the same seed gives the same faculty."""

from django.db import transaction

from academics.choices import STRUCTURE
from academics.demo import files, people, structure, veterans
from academics.services.entries import note_entries
from accounts.models import StudentProfile
from isme.lib import versions
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
    students = StudentProfile.objects.filter(user__is_demo=True, entry=None)
    note_entries(students.values_list("pk", flat=True))
    files.seed_files()
    veterans.seed_veterans()
    versions.bump(STRUCTURE)
