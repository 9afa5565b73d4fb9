"""manage.py import_people: a preview that names every bad cell, and a commit of all or nothing."""

import pytest
from django.core.management import CommandError, call_command

from academics.models import ImportJob
from accounts.models import User
from tests.academics.importing import student, students

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    def call(content: bytes, *options: str, kind: str = "student") -> str:
        path = tmp_path / "people.xlsx"
        path.write_bytes(content)
        call_command("import_people", str(path), "--kind", kind, *options)
        return capsys.readouterr().out

    return call


def test_preview_counts_and_writes_nothing(run):
    assert "2 new, 0 changed, 0 unchanged, 0 wrong" in run(students(student(1), student(2)))
    assert not User.objects.exists()
    assert not ImportJob.objects.exists()


def test_bad_cell_is_named_and_ends_with_an_error(run, capsys):
    with pytest.raises(CommandError, match="Nothing was saved"):
        run(students(student(1), student(2, IPK="9")), "--commit")
    assert "Data, row 3, IPK: '9'" in capsys.readouterr().out
    assert not User.objects.exists()


def test_commit_writes_all(run):
    assert "2 rows saved" in run(students(student(1), student(2)), "--commit")
    assert User.objects.count() == 2
    assert ImportJob.objects.get().state == "saved"


def test_commit_again_has_nothing_to_save(run):
    run(students(student(1)), "--commit")
    assert "Nothing to save" in run(students(student(1)), "--commit")
    assert User.objects.count() == 1


def test_what_is_no_spreadsheet_is_refused(run):
    with pytest.raises(CommandError, match="rusak"):
        run(b"PK no zip at all")


@pytest.mark.parametrize("name", ["missing.xlsx", "people.pdf"])
def test_file_that_can_t_be_one_is_refused(name):
    with pytest.raises(CommandError):
        call_command("import_people", name, "--kind", "student")
