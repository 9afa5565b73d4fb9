"""Spreadsheets for the tests of imports, and the way through an import without a browser."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from academics.imports.stored import FILE
from academics.models import ImportJob
from academics.services import imports
from isme.lib import files, jobs
from isme.lib.models import Job
from isme.lib.models.job import JobState

STUDENT_HEAD = [
    "NIM",
    "Nama",
    "Username",
    "Email",
    "Gender",
    "IPK",
    "Status",
    "Angkatan",
    "Semester",
]


def student(number: int, **changes: Any) -> list[Any]:
    """A good row; ``changes`` by header."""
    row = {
        "NIM": f"2026101{number:05}",
        "Nama": f"Mahasiswa Baru {number}",
        "Username": f"baru{number}",
        "Email": f"baru{number}@kampus.example",
        "Gender": "Perempuan" if number % 3 else "Laki-laki",
        "IPK": "3,25",
        "Status": "aktif",
        "Angkatan": 2026,
        "Semester": 1,
    }
    return list({**row, **changes}.values())


def workbook(rows: Iterable[Sequence[Any]], *, sheet: str = "Data", **options: Any) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, **options}
    ) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def students(*rows: Sequence[Any]) -> bytes:
    return workbook([STUDENT_HEAD, *rows])


def upload(
    content: bytes, *, kind: str = "student", name: str = "data.xlsx", by: Any = None, **more: Any
) -> ImportJob:
    """Upload as a person would, and let the worker read it."""
    checked = files.check(SimpleUploadedFile(name, content), kind=FILE)
    job = imports.upload(kind=kind, file=checked, by=by, **more)
    return work(job)


def work(job: ImportJob) -> ImportJob:
    """Do what the workers were asked for, this import's part."""
    for row in Job.objects.filter(state=JobState.PENDING, kind__startswith="academics.import_"):
        if row.payload.get("import_id") == job.pk:
            jobs.run(row.pk)
    job.refresh_from_db()
    return job


def save(job: ImportJob, by: Any = None) -> ImportJob:
    imports.request_save(import_id=job.pk, by=by)
    return work(job)


def undo(job: ImportJob, by: Any = None) -> ImportJob:
    imports.request_undo(import_id=job.pk, by=by)
    return work(job)


def problems(job: ImportJob) -> list[tuple[int, str, str]]:
    """(row of the sheet, column, code) of every bad cell."""
    return [
        (row.number, column, code)
        for row in job.staged_rows.order_by("position")
        for column, code, _params in row.problems
    ]


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.rows_new, job.rows_changed, job.rows_unchanged, job.rows_wrong
