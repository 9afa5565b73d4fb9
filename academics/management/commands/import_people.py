from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language

from academics.errors import ImportRefused
from academics.imports.cells import shown
from academics.imports.choices import ImportKind, ImportState, RowOutcome
from academics.imports.messages import CELLS, FILES, explain
from academics.imports.preview import notices, refusal
from academics.imports.reading import FORMATS, Unreadable
from academics.imports.registry import kind_named
from academics.imports.stored import FILE
from academics.models import ImportJob
from academics.services import import_work, imports
from isme.lib import files

PEOPLE = (ImportKind.STUDENT, ImportKind.LECTURER, ImportKind.STAFF)


def spreadsheet(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in FORMATS:
        raise ArgumentTypeError("The file must end in .xlsx or .csv.")
    if not path.is_file():
        raise ArgumentTypeError(f"There is no file {path}.")
    return path


class Command(BaseCommand):
    help = (
        "Preview a spreadsheet of people: counts, and every bad cell (sheet, row, column, why). "
        "Exit 1 if there is any. With --commit all rows are written, or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=spreadsheet, help="an .xlsx or .csv file")
        parser.add_argument("--kind", required=True, choices=[kind.value for kind in PEOPLE])
        parser.add_argument("--commit", action="store_true", help="write what the preview shows")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        job = ImportJob(
            kind=options["kind"],
            state=ImportState.READING,
            file_name=path.name,
            language=(get_language() or "id")[:5],
        )
        self._preview(job, path)
        if job.rows_wrong:
            raise CommandError(f"{job.rows_wrong} rows are wrong. Nothing was saved.")
        if options["commit"]:
            self._commit(job, path)

    def _preview(self, job: ImportJob, path: Path) -> None:
        try:
            with path.open("rb") as file:
                rows, job.notices = import_work.staged(job, file)
        except Unreadable as error:
            raise CommandError(explain(FILES, error.code, error.params)) from error
        kind = kind_named(job.kind)
        for row in rows:
            field = f"rows_{row.outcome}"
            setattr(job, field, getattr(job, field) + 1)
            for column, code, params in row.problems:
                label = kind.column(column).label if column else "-"
                cell = shown(row.cells.get(column))
                why = explain(CELLS, code, params)
                self.stdout.write(f"{row.sheet}, row {row.number}, {label}: {cell!r}: {why}")
        for notice in notices(job):
            self.stdout.write(notice)
        counts = (f"{getattr(job, f'rows_{o}')} {o}" for o in RowOutcome.values)
        self.stdout.write(", ".join(counts))

    def _commit(self, job: ImportJob, path: Path) -> None:
        """The same steps that the pages and workers take, one after the other, here."""
        if not job.rows_to_save:
            self.stdout.write("Nothing to save.")
            return
        with path.open("rb") as file:
            upload = UploadedFile(File(file), name=path.name, size=path.stat().st_size)
            try:
                checked = files.check(upload, kind=FILE)
                stored = imports.upload(kind=job.kind, file=checked, by=None, here=True)
                import_work.read(import_id=stored.pk, run=stored.run)
                stored = imports.request_save(import_id=stored.pk, by=None, here=True)
            except (files.BadFile, ImportRefused) as error:
                raise CommandError(str(error)) from error
        import_work.save(import_id=stored.pk, run=stored.run)
        stored.refresh_from_db()
        if stored.state != ImportState.SAVED:
            raise CommandError(refusal(stored) or "The data changed meanwhile. Nothing was saved.")
        self.stdout.write(f"{stored.rows_to_save} rows saved (import {stored.pk}).")
