"""The term of entry: noted when somebody becomes a student, never guessed, no hindrance to undo."""

import pytest

from academics.choices import TermKind
from academics.models import StudentEntry
from academics.services import entries, terms
from academics.services.rows import By
from isme.lib import hooks
from tests.academics.importing import save, student, students, undo, upload
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_user("office1", role="office")


def test_hook_of_accounts_is_filled():
    assert len(hooks.new_students) == 1
    assert len(hooks.profile_seen) == 1


@pytest.mark.parametrize(
    ("active", "intake_year", "level", "entered"),
    [
        (TermKind.ODD, 2026, 1, (2026, TermKind.ODD)),
        (TermKind.EVEN, 2026, 2, (2026, TermKind.EVEN)),
        (TermKind.EVEN, 2025, 4, (2025, TermKind.ODD)),
        (TermKind.ODD, 2020, 7, None),  # a year that the faculty hasn't kept
    ],
)
def test_entry_by_intake_year_and_active_term(office, active, intake_year, level, entered):
    make.TermFactory(year=make.AcademicYearFactory(first_year=2025))
    found = {kind: make.TermFactory(kind=kind) for kind in (TermKind.ODD, TermKind.EVEN)}
    terms.activate(found[active].pk, by=By(office.pk))
    one = make.StudentFactory(intake_year=intake_year, level=level)
    assert entries.note_entries([one.pk]) == int(entered is not None)
    assert entries.note_entries([one.pk]) == 0, "once"
    got = StudentEntry.objects.filter(pk=one.pk).values_list(
        "term__year__first_year", "term__kind"
    )
    assert got.first() == entered


def test_an_import_notes_entries_and_can_still_be_undone(office):
    """Else the entry that the import itself made would hang on its students for ever."""
    terms.activate(make.TermFactory().pk, by=By(office.pk))
    job = save(upload(students(student(1), student(2)), by=office), office)
    assert StudentEntry.objects.count() == 2
    undo(job, office)
    assert job.state == "undone"
    assert not StudentEntry.objects.exists()
