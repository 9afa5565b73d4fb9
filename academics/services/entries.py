"""The term in which a student entered the faculty."""

from collections.abc import Collection

from academics.choices import TermKind
from academics.models import StudentEntry, Term
from accounts.models import StudentProfile
from isme.lib.transactions import retry_atomic

FIRST_LEVELS = (1, 2)
ROWS = 500


@retry_atomic
def note_entries(student_ids: Collection[int]) -> int:
    """Note the entry term of those who have none yet, as far as the terms tell it.

    Who begins in the active year (level 1 or 2) enters the active term; everybody else entered
    the odd term of their intake year. A year that the faculty hasn't kept stays unknown, and is
    never guessed. Returns how many were noted. 3 queries for each 500 students, and 1.
    """
    terms = list(Term.objects.exclude(kind=TermKind.SHORT).select_related("year"))
    odd = {term.year.first_year: term for term in terms if term.kind == TermKind.ODD}
    active = next((term for term in terms if term.is_active), None)
    wanted = sorted(student_ids)
    noted = 0
    for start in range(0, len(wanted), ROWS):
        some = StudentProfile.objects.filter(pk__in=wanted[start : start + ROWS], entry=None)
        rows = []
        for pk, intake_year, level in some.values_list("pk", "intake_year", "level"):
            term = odd.get(intake_year)
            if active and intake_year == active.year.first_year and level in FIRST_LEVELS:
                term = active
            if term is not None:
                rows.append(StudentEntry(student_id=pk, term=term))
        StudentEntry.objects.bulk_create(rows)
        noted += len(rows)
    return noted


def note_new_students(student_ids: Collection[int]) -> None:
    """Fills the hook of accounts."""
    note_entries(student_ids)
