"""Workers that are killed in the middle of an import. The worker imports this file."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from academics.imports.choices import ImportState
from academics.imports.stored import FILE
from academics.models import ImportJob, ImportRow
from academics.services import import_work, imports
from accounts.models import Identifier, StudentProfile, User
from isme.lib import audit, files
from isme.lib.models import Job
from isme.lib.models.job import JobState
from tests.academics.importing import STUDENT_HEAD, save, student, upload, workbook
from tests.lib.test_jobs_killed import Background, started
from tests.processes import real_processes

ROWS = 40
FOLDER = os.environ.get("TEST_FOLDER")
pytestmark = real_processes


def wait_once(step: str) -> None:
    """On the first attempt: say which process this is, and wait until somebody kills it."""
    mark = Path(FOLDER, "pid")
    if Path(FOLDER, step).exists() and not mark.exists():
        draft = Path(FOLDER, "draft")
        draft.write_text(str(os.getpid()))
        draft.rename(mark)
        signal.pause()


if FOLDER:  # in the worker: each is called in the transaction, after everything was written
    marked, record = import_work._marked, audit.record

    def slow_marked(*arguments):
        wait_once("read")
        return marked(*arguments)

    def slow_record(*arguments, **details):
        wait_once("save")
        return record(*arguments, **details)

    import_work._marked = slow_marked
    import_work.audit = SimpleNamespace(record=slow_record)


class ImportWorker(Background):
    queue = "bulk"
    handlers = __name__

    def kill_in(self, step: str, ask) -> Job:
        """Ask for work, kill the worker's child in the middle of it, and let it be done again."""
        (self.folder / step).touch()
        ask()
        row = Job.objects.filter(kind__startswith="academics.import_").latest("pk")
        if row.kind == imports.FORGET:
            row = Job.objects.get(kind=imports.READ)
        os.kill(self.wait_for_child(), signal.SIGKILL)
        assert Job.objects.get(pk=row.pk).state == JobState.RUNNING
        # Nobody waits for the lease of five minutes here.
        Job.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        return self.finish(row)


@pytest.fixture
def worker(monkeypatch):
    yield from started(ImportWorker, monkeypatch)


def content(*more: list) -> bytes:
    return workbook([STUDENT_HEAD, *(student(n) for n in range(1, ROWS + 1)), *more])


def test_worker_killed_while_it_stages_leaves_each_row_once(worker):
    checked = files.check(SimpleUploadedFile("a.xlsx", content(student(99, NIM="x"))), kind=FILE)
    row = worker.kill_in("read", lambda: imports.upload(kind="student", file=checked, by=None))
    job = ImportJob.objects.get()
    assert row.attempts == 2
    assert (job.state, job.rows_new, job.rows_wrong) == (ImportState.STAGED, ROWS, 1)
    assert ImportRow.objects.count() == ROWS + 1


def test_worker_killed_after_the_last_row_has_written_nothing_and_then_all(worker):
    job = upload(content())
    seen = []

    def ask() -> None:
        imports.request_save(import_id=job.pk, by=None)

    worker_finish = worker.finish

    def finish(row: Job) -> Job:
        seen.append(User.objects.count())  # between the kill and the second attempt
        return worker_finish(row)

    worker.finish = finish
    row = worker.kill_in("save", ask)
    job.refresh_from_db()
    assert seen == [0]
    assert row.attempts == 2
    assert job.state == ImportState.SAVED
    assert User.objects.count() == StudentProfile.objects.count() == ROWS
    assert Identifier.objects.filter(kind="nim").count() == ROWS
    assert Job.objects.filter(kind="accounts.audit_append").count() == 1


def test_worker_killed_while_it_undoes_takes_all_back_or_nothing(worker):
    job = save(upload(content()))
    row = worker.kill_in("save", lambda: imports.request_undo(import_id=job.pk, by=None))
    job.refresh_from_db()
    assert row.attempts == 2
    assert job.state == ImportState.UNDONE
    assert not User.objects.exists()
