"""Imports as people ask for them: upload, replace, save, undo, discard. Workers do the work.

Every step is a change of state under a lock of the import's row, so that a button pressed twice
and two people at once mean one step. The work itself is services.import_work.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from academics.errors import ImportRefused
from academics.imports.choices import DISCARDED, IMPORTS, ImportState
from academics.imports.registry import kind_named
from academics.models import ImportJob, ImportRow, Term
from accounts.models import User
from isme.lib import audit, files, jobs, versions
from isme.lib.audit import Origin
from isme.lib.models import Job, StoredFile
from isme.lib.models.job import JobState
from isme.lib.outage import StoreAway
from isme.lib.storage import AWAY
from isme.lib.transactions import retry_atomic

READ, SAVE, UNDO = "academics.import_read", "academics.import_save", "academics.import_undo"
FORGET = "academics.import_forget"
KEPT = timedelta(days=90)
MOST_OPEN = 20  # of one person: 10 MB each may lie in the store
OPEN = (ImportState.STAGED, ImportState.REFUSED)
JOB_OF = {
    ImportState.READING.value: READ,
    ImportState.SAVING.value: SAVE,
    ImportState.UNDOING.value: UNDO,
}


def _kept(file: files.Checked, by: User | None) -> StoredFile:
    try:
        return files.keep(file, owner_id=by.pk if by else 0)
    except StoreAway:
        raise ImportRefused(str(AWAY)) from None


@retry_atomic
def upload(  # noqa: PLR0913 (each is a fact of the upload)
    *,
    kind: str,
    file: files.Checked,
    by: User | None,
    term: Term | None = None,
    replaces: int | None = None,
    here: bool = False,
) -> ImportJob:
    """Keep the file and let a worker read it. With ``replaces`` that import is discarded.

    With ``here`` the caller does the worker's part.

    Raises ImportRefused when the replaced one is no longer open, a term is missing, 20 files of
    this person wait already, or files can't be stored.
    """
    if kind_named(kind).term == "must" and term is None:
        raise ImportRefused(_("Choose the term that this list is for."))
    if replaces is not None:
        _discard(_locked(replaces))
    waiting = {*OPEN, ImportState.READING}
    if by and ImportJob.objects.filter(made_by=by, state__in=waiting).count() >= MOST_OPEN:
        raise ImportRefused(_("Too many files wait to be checked. Save or discard some first."))
    stored = _kept(file, by)
    job = ImportJob.objects.create(
        kind=kind,
        state=ImportState.READING,
        term=term,
        file=stored,
        file_name=stored.name,
        replaces_id=replaces,
        language=(get_language() or "id")[:5],
        made_by=by,
    )
    if not here:
        _enqueue(READ, job)
    jobs.enqueue(FORGET, key=str(job.pk), due_at=timezone.now() + KEPT, import_id=job.pk)
    versions.bump(IMPORTS)
    return job


@retry_atomic
def request_save(*, import_id: int, by: User | None, here: bool = False) -> ImportJob:
    """Ask a worker to write the staged rows. Asking again changes nothing.

    Raises ImportRefused while a row is wrong, nothing is to be saved, or it is not staged.
    """
    job = _locked(import_id)
    if job.state in {ImportState.SAVING, ImportState.SAVED}:
        return job
    if job.state != ImportState.STAGED:
        raise ImportRefused(_("This import can't be saved any more."))
    if job.rows_wrong:
        raise ImportRefused(_("Some rows are still wrong. Nothing was saved."))
    if not job.rows_to_save:
        raise ImportRefused(_("There is nothing new in this file."))
    job.committed_by = by
    return _to_worker(job, ImportState.SAVING, here=here)


@retry_atomic
def request_undo(*, import_id: int, by: User | None, origin: Origin | None = None) -> ImportJob:
    """Ask a worker to take the whole batch back. Asking again changes nothing.

    Raises ImportRefused when it was not saved, or its rows are no longer kept (90 days).
    """
    job = _locked(import_id)
    if job.state in {ImportState.UNDOING, ImportState.UNDONE}:
        return job
    if job.state != ImportState.SAVED:
        raise ImportRefused(_("Only what was saved can be undone."))
    if not job.staged_rows.exists():
        raise ImportRefused(_("After 90 days an import can't be undone any more."))
    job.undone_by = by
    audit.record(
        "import.undo_asked",
        actor_id=by.pk if by else None,
        subject=f"import:{job.pk}",
        origin=origin,
        details={"kind": job.kind, "file": job.file_name},
    )
    return _to_worker(job, ImportState.UNDOING)


@retry_atomic
def discard(*, import_id: int) -> ImportJob:
    """Throw the staged file away. Harmless to repeat. Raises ImportRefused once it is saved."""
    job = _locked(import_id)
    if job.state != ImportState.DISCARDED:
        _discard(job, by_hand=True)
    return job


@retry_atomic
def resume(*, import_id: int) -> ImportJob:
    """After three failed attempts of a worker: read again, or go back to where it can be asked.

    Does nothing while the worker's job may still run.
    """
    job = _locked(import_id)
    if not is_stuck(job):
        return job
    if job.state == ImportState.READING:
        return _to_worker(job, ImportState.READING)
    job.state = ImportState.STAGED if job.state == ImportState.SAVING else ImportState.SAVED
    job.committed_by = job.committed_by if job.state == ImportState.SAVED else None
    job.undone_by = None
    job.save()
    versions.bump(IMPORTS)
    return job


def is_stuck(job: ImportJob) -> bool:
    """Whether the workers gave up on it, or whoever did their part here died.

    One query, none for an import that no worker has.
    """
    kind = JOB_OF.get(job.state)
    if kind is None:
        return False
    jobs_of_it = Job.objects.filter(kind=kind, key=_job_key(job))
    return not jobs_of_it.exclude(state=JobState.DEAD).exists()


@retry_atomic
def forget(*, import_id: int) -> None:
    """Delete the file and the staged rows, which hold people's data; the history stays."""
    job = _locked(import_id)
    if job.state in OPEN:
        _discard(job)
    else:
        _drop_content(job)


def _locked(import_id: int) -> ImportJob:
    return ImportJob.objects.select_for_update().get(pk=import_id)


def _to_worker(job: ImportJob, state: ImportState, *, here: bool = False) -> ImportJob:
    job.state = state
    job.run += 1
    job.refusal = {}
    job.save()
    versions.bump(IMPORTS)
    if not here:
        _enqueue(JOB_OF[state.value], job)
    return job


def _enqueue(kind: str, job: ImportJob) -> None:
    jobs.enqueue(kind, key=_job_key(job), import_id=job.pk, run=job.run)


def _job_key(job: ImportJob) -> str:
    return f"{job.pk}:{job.run}"


def _discard(job: ImportJob, *, by_hand: bool = False) -> None:
    """Its page says when, and whether a person or time did it, if no newer file replaced it."""
    if job.state not in {*OPEN, ImportState.READING}:
        raise ImportRefused(_("This import can't be discarded any more."))
    job.state = ImportState.DISCARDED
    job.notices = {DISCARDED: {"at": timezone.now().isoformat(), "by_hand": by_hand}}
    job.run += 1  # a worker that is reading just now comes too late
    job.save()
    versions.bump(IMPORTS)
    _drop_content(job)


def _drop_content(job: ImportJob) -> None:
    ImportRow.objects.filter(job=job).delete()
    for file_id in (job.file_id, job.marked_file_id):
        if file_id is not None:
            files.remove(file_id)
