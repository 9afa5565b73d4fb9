"""An import from upload to undo: nothing by half, nothing twice, nothing silently."""

import pytest

from academics.errors import ImportRefused
from academics.imports.choices import ImportState
from academics.models import ImportJob, ImportRow
from academics.services import import_work, imports
from academics.services.import_work import draft_of
from accounts.models import Identifier, StudentProfile, User
from isme.lib.models import Job, StoredFile
from tests.academics.importing import (
    counts,
    problems,
    save,
    student,
    students,
    undo,
    upload,
    work,
)
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def test_new_students_come_in_with_everything():
    job = save(upload(students(student(1), student(2, Username="", Email="-"))))

    assert (job.state, counts(job)) == (ImportState.SAVED, (2, 0, 0, 0))
    one, two = User.objects.order_by("pk")
    assert (one.name, one.role, one.username) == ("Mahasiswa Baru 1", "student", "baru1")
    names = set(Identifier.objects.filter(user=one).values_list("kind", "value"))
    assert names == {
        ("nim", "202610100001"),
        ("username", "baru1"),
        ("email", "baru1@kampus.example"),
    }
    assert two.username == "202610100002"
    assert list(two.identifiers.values_list("kind", flat=True)) == ["nim"]
    profile = StudentProfile.objects.get(user=one)
    assert (str(profile.gpa), profile.level, profile.intake_year) == ("3.25", 1, 2026)
    assert (profile.gender, profile.status) == ("female", "active")


def test_nobody_gets_a_password_that_could_be_guessed():
    save(upload(students(student(1))))
    assert not User.objects.get().has_usable_password()


def test_one_wrong_row_keeps_all_of_them_out():
    job = upload(students(student(1), student(2, NIM="26A03"), student(3)))

    assert counts(job) == (2, 0, 0, 1)
    assert problems(job) == [(3, "nim", "only_digits")]
    with pytest.raises(ImportRefused):
        imports.request_save(import_id=job.pk, by=None)
    assert not User.objects.exists()


def test_same_file_again_changes_nothing():
    save(upload(students(student(1))))
    again = upload(students(student(1)))

    assert counts(again) == (0, 0, 1, 0)
    with pytest.raises(ImportRefused):
        imports.request_save(import_id=again.pk, by=None)


def test_known_students_are_changed_where_the_file_says_so():
    save(upload(students(student(1))))
    job = upload(students(student(1, Nama="Nama Lain", IPK="3.90", Email="")))
    assert counts(job) == (0, 1, 0, 0)
    assert {c: n for c, (_o, n) in _changes(job).items()} == {"name": "Nama Lain", "gpa": "3.90"}

    save(job)
    user = User.objects.get()
    assert (user.name, str(user.student_profile.gpa)) == ("Nama Lain", "3.90")
    assert user.identifiers.filter(kind="email").exists(), "an empty cell removes nothing"


def _changes(job: ImportJob) -> dict:
    return draft_of(job.staged_rows.get()).changes


def test_a_dash_removes_what_may_be_removed():
    save(upload(students(student(1))))
    save(upload(students(student(1, Email="-", IPK="-"))))
    user = User.objects.get()
    assert not user.identifiers.filter(kind="email").exists()
    assert user.student_profile.gpa is None


def test_pressing_save_twice_is_one_save():
    job = upload(students(student(1)))
    imports.request_save(import_id=job.pk, by=None)
    imports.request_save(import_id=job.pk, by=None)
    assert Job.objects.filter(kind=imports.SAVE).count() == 1
    work(job)
    imports.request_save(import_id=job.pk, by=None)
    assert work(job).state == ImportState.SAVED
    assert User.objects.count() == 1


def test_same_file_twice_at_once_comes_in_once():
    """The second of two that were both previewed as new finds its rows there, and says so."""
    one, two = upload(students(student(1))), upload(students(student(1)))
    save(one)
    save(two)

    assert two.state == ImportState.READING
    work(two)
    assert (two.state, counts(two)) == (ImportState.STAGED, (0, 0, 1, 0))
    assert two.notices["moved"] is True
    assert User.objects.count() == 1


def test_data_that_changed_since_the_preview_is_looked_at_again():
    save(upload(students(student(1))))
    job = upload(students(student(1, IPK="3.90")))
    StudentProfile.objects.update(gpa="2.00")
    save(job)
    assert StudentProfile.objects.get().gpa == 2
    work(job)
    assert _changes(job)["gpa"] == ["2.00", "3.90"]
    save(job)
    assert str(StudentProfile.objects.get().gpa) == "3.90"


def test_undo_takes_the_whole_batch_back():
    save(upload(students(student(1))))
    job = save(upload(students(student(1, Nama="Nama Lain", IPK="-"), student(2))))
    undo(job)

    assert job.state == ImportState.UNDONE
    user = User.objects.get()
    assert (user.name, str(user.student_profile.gpa)) == ("Mahasiswa Baru 1", "3.25")
    assert Identifier.objects.count() == 3


def test_undo_is_refused_once_somebody_has_signed_in():
    job = save(upload(students(student(1), student(2))))
    User.objects.first().sign_in_events.create(kind="signed_in")
    undo(job)

    assert (job.state, job.refusal["code"]) == (ImportState.SAVED, "undo_hangs")
    assert "1" in job.refusal["what"]
    assert User.objects.count() == 2


def test_undo_is_refused_where_somebody_changed_the_data_since():
    job = save(upload(students(student(1))))
    User.objects.update(name="Corrected by hand")
    undo(job)
    assert (job.state, job.refusal) == (ImportState.SAVED, {"code": "undo_touched", "rows": 1})


def test_replacing_a_file_discards_the_old_one():
    first = upload(students(student(1, NIM="x")))
    second = upload(students(student(1)), replaces=first.pk)

    first.refresh_from_db()
    assert (first.state, second.state) == (ImportState.DISCARDED, ImportState.STAGED)
    assert not ImportRow.objects.filter(job=first).exists()
    assert first.file is None
    assert StoredFile.objects.count() == 1


def test_late_worker_does_nothing():
    job = upload(students(student(1)))
    began = ImportJob(pk=job.pk, kind=job.kind, state=ImportState.READING, run=1)
    import_work._stage(began, [], {"columns": []})
    assert ImportRow.objects.count() == 1, "who read for very long overwrites nothing"
    imports.discard(import_id=job.pk)
    import_work.read(import_id=job.pk, run=1)
    import_work.save(import_id=job.pk, run=1)
    job.refresh_from_db()
    assert job.state == ImportState.DISCARDED
    assert not User.objects.exists()


def test_username_of_another_account_is_a_bad_cell():
    make_user("nadia", role="lecturer")
    job = upload(students(student(1, Username="nadia"), student(2, Email="baru1@kampus.example")))
    assert problems(job) == [(2, "username", "taken"), (3, "email", "same_as_row")]


def test_identifier_twice_in_the_file_is_a_bad_cell():
    job = upload(
        students(student(1), student(2, NIM="202610100001"), student(3, Username="BARU1"))
    )
    assert problems(job) == [(3, "nim", "same_as_row"), (4, "username", "same_as_row")]


def test_after_ninety_days_the_data_is_gone_and_the_history_stays():
    job = save(upload(students(student(1))))
    imports.forget(import_id=job.pk)

    job.refresh_from_db()
    assert (job.state, job.file, job.rows_new) == (ImportState.SAVED, None, 1)
    assert not ImportRow.objects.exists()
    with pytest.raises(ImportRefused):
        imports.request_undo(import_id=job.pk, by=None)
