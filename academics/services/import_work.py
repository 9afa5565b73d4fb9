"""What a worker does with an import: read and stage it, save it, take it back.

Each is safe to run twice and to be killed at any point: what changes the faculty's data is one
transaction that begins by locking the import's row and looking whether it is still wanted.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import override

from academics.choices import STRUCTURE
from academics.errors import AcademicsError
from academics.imports import headers, reading, workbooks
from academics.imports.cells import shown
from academics.imports.choices import IMPORTS, ImportState, RowOutcome
from academics.imports.headers import Layout
from academics.imports.kind import Context, Draft, Kind, same, targets_of
from academics.imports.plan import BATCH, Planner, batches
from academics.imports.progress import teller
from academics.imports.reading import Unreadable
from academics.imports.registry import kind_named
from academics.imports.stored import MARKED, MARKED_TYPE
from academics.models import ImportJob, ImportRow
from academics.services import tell
from academics.services.imports import READ
from accounts.errors import AccountsError
from accounts.services.accounts import PEOPLE
from isme.lib import audit, files, jobs, versions
from isme.lib.transactions import retry_atomic
from notifications import activity

WORDS = 300


class Moved(Exception):
    """The data is no longer what the preview showed."""


class Hangs(Exception):
    """Something hangs on the batch, or was changed since. ``code`` and ``params`` say what."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


# --- Reading -------------------------------------------------------------------------------------


def read(*, import_id: int, run: int) -> None:
    """Stage the file's rows, or note why it can't be read. Late runs do nothing."""
    job = ImportJob.objects.select_related("file").get(pk=import_id)
    if (job.state, job.run) != (ImportState.READING, run) or job.file is None:
        return
    with override(job.language):
        try:
            with default_storage.open(job.file.path, "rb") as file:
                rows, notices = staged(job, file)
        except Unreadable as refusal:
            _refuse(job, {"code": refusal.code, **refusal.params})
            return
        _stage(job, rows, notices)


def staged(job: ImportJob, file: Any) -> tuple[list[ImportRow], dict[str, Any]]:
    """The rows of ``file`` as they would be staged, unsaved, and the notices. Raises Unreadable.

    Reads the database (a constant number of queries for 500 rows), changes nothing.
    """
    kind = kind_named(job.kind)
    layout = Layout(kind)
    context = Context(job.term_id or 0, job.made_by_id, progress=teller(job.pk or 0, job.run))
    suffix = PurePath(job.file_name).suffix
    drafts = headers.drafts(reading.read(file, suffix=suffix), layout)
    rows: list[ImportRow] = []
    for batch in Planner(kind, context).checked(drafts):
        rows += [_row(job, draft, len(rows) + at) for at, draft in enumerate(batch, start=1)]
    if not rows:
        raise Unreadable("no_rows")
    for code in layout.unread:
        context.notice(code)
    notices: dict[str, Any] = {"counts": context.notices, "columns": sorted(layout.present)}
    notices |= {"unknown": layout.unknown, "skipped": layout.sheets_skipped}
    notices["sheets"] = layout.sheets_read
    return rows, notices


def _row(job: ImportJob, draft: Draft, position: int) -> ImportRow:
    words = " ".join(shown(cell) for cell in draft.cells.values())
    return ImportRow(
        job=job,
        position=position,
        sheet=draft.sheet,
        number=draft.number,
        outcome=draft.outcome,
        cells=draft.cells,
        values=draft.values,
        problems=[problem.as_json() for problem in draft.problems],
        target_id=draft.target,
        before=draft.before,
        words=words[:WORDS],
    )


def _marked(job: ImportJob, rows: list[ImportRow], columns: list[str]) -> files.Checked:
    target = BytesIO()
    content = ((row.cells, row.problems) for row in rows)
    workbooks.write_marked(kind_named(job.kind), columns, content, target)
    name = files.clean_name(f"{PurePath(job.file_name).stem}-{MARKED_TYPE.stem}.xlsx")
    return files.Checked(files.kind_named(MARKED), name, MARKED_TYPE.content_type, target)


@retry_atomic
def _stage(job: ImportJob, rows: list[ImportRow], notices: dict[str, Any]) -> None:
    fresh = ImportJob.objects.select_for_update().get(pk=job.pk)
    if (fresh.state, fresh.run) != (job.state, job.run):
        return
    ImportRow.objects.filter(job=fresh).delete()
    ImportRow.objects.bulk_create(rows, batch_size=BATCH)
    counts = dict.fromkeys(RowOutcome.values, 0)
    for row in rows:
        counts[row.outcome] += 1
    for outcome, number in counts.items():
        setattr(fresh, f"rows_{outcome}", number)
    if fresh.notices.get("moved"):
        notices = {**notices, "moved": True}
    fresh.notices = notices
    fresh.state = ImportState.STAGED
    if counts[RowOutcome.WRONG]:
        marked = _marked(job, rows, notices["columns"])
        fresh.marked_file = files.keep(marked, owner_id=job.made_by_id or 0)
    fresh.save()
    versions.bump(IMPORTS)


@retry_atomic
def _refuse(job: ImportJob, refusal: dict[str, Any]) -> None:
    mine = ImportJob.objects.filter(pk=job.pk, state=ImportState.READING, run=job.run)
    if mine.update(state=ImportState.REFUSED, refusal=refusal):
        tell.import_failed(job, "read")
    versions.bump(IMPORTS)


# --- Saving --------------------------------------------------------------------------------------


def save(*, import_id: int, run: int) -> None:
    """Write the staged rows, all or none. Late runs do nothing.

    Where the data has changed since the preview nothing is written: the file is staged anew, and
    the page says so.
    """
    try:
        _save(import_id=import_id, run=run)
    except (Moved, IntegrityError, AccountsError, AcademicsError):
        _send_back(import_id=import_id, run=run)


@retry_atomic
def _save(*, import_id: int, run: int) -> None:
    job = ImportJob.objects.select_for_update().get(pk=import_id)
    if (job.state, job.run) != (ImportState.SAVING, run):
        return
    kind = kind_named(job.kind)
    by = job.committed_by_id
    context = Context(job.term_id or 0, by, columns=job.notices.get("columns", ()))
    targets = job.staged_rows.exclude(target_id=None).values_list("target_id", flat=True)
    kind.lock(sorted(pk for pk in targets if pk is not None), context)
    _check_anew(job, kind, context)
    context.progress = teller(job.pk, job.run, job.rows_to_save)
    _write(job, kind, context)
    job.state = ImportState.SAVED
    job.committed_at = timezone.now()
    job.made = context.made
    job.notices.pop("moved", None)
    job.save()
    _bump_all()
    counts = {"new": job.rows_new, "changed": job.rows_changed}
    audit.record(
        "import.saved",
        actor_id=by,
        subject=f"import:{job.pk}",
        details={"kind": job.kind, "file": job.file_name, **counts},
    )
    if by:
        activity.record(by=by, verb="academics.import", what=job, title=job.file_name)
    kind.tell(context)
    tell.import_done(job)


def _check_anew(job: ImportJob, kind: Kind, context: Context) -> None:
    """Plan every row again, under the locks. Raises Moved when one would do something else."""
    check = Context(context.term_id, context.actor_id, columns=context.columns)
    rows = job.staged_rows.order_by("position")
    stored = iter(rows.iterator(BATCH))
    fresh = (Draft(row.sheet, row.number, row.cells) for row in rows.iterator(BATCH))
    for batch in Planner(kind, check).checked(fresh):
        for draft in batch:
            row = next(stored)
            now = (draft.outcome, draft.target, draft.before)
            if now != (row.outcome, row.target_id, row.before):
                raise Moved(f"row {row.position}: {row.outcome}, now {draft.outcome}")


def _bump_all() -> None:
    """An import may change whatever pages are kept of: courses, places, people."""
    for name in (IMPORTS, STRUCTURE, PEOPLE):
        versions.bump(name)


def _write(job: ImportJob, kind: Kind, context: Context) -> None:
    """Changes first, so that who leaves a class makes room for who comes."""
    rows = job.staged_rows.order_by("position")
    changed = [draft_of(row) for row in rows.filter(outcome=RowOutcome.CHANGED)]
    if changed:
        kind.update(changed, context)
    done = len(changed)
    context.progress(done)
    for batch in batches(rows.filter(outcome=RowOutcome.NEW).iterator(BATCH)):
        keys = kind.create([draft_of(row) for row in batch], context)
        for row, key in zip(batch, keys, strict=True):
            row.target_id = key
        ImportRow.objects.bulk_update(batch, ["target_id"])
        done += len(batch)
        context.progress(done)


def draft_of(row: ImportRow) -> Draft:
    """The row as it was planned."""
    return Draft(
        row.sheet, row.number, row.cells, row.values, target=row.target_id, before=row.before
    )


@retry_atomic
def _send_back(*, import_id: int, run: int) -> None:
    job = ImportJob.objects.select_for_update().get(pk=import_id)
    if (job.state, job.run) != (ImportState.SAVING, run):
        return
    tell.import_failed(job, "save")
    job.state = ImportState.READING
    job.run += 1
    job.committed_by = None
    job.notices = {**job.notices, "moved": True}
    job.save()
    versions.bump(IMPORTS)
    jobs.enqueue(READ, key=f"{job.pk}:{job.run}", import_id=job.pk, run=job.run)


# --- Undoing -------------------------------------------------------------------------------------


def undo(*, import_id: int, run: int) -> None:
    """Take the whole batch back, or note what hangs on it. Late runs do nothing."""
    try:
        _undo(import_id=import_id, run=run)
    except Hangs as refusal:
        _stay(import_id, run, {"code": refusal.code, **refusal.params})
    except (AccountsError, AcademicsError) as refusal:
        _stay(import_id, run, {"code": "undo_hangs", "what": str(refusal)})
    except (ProtectedError, IntegrityError) as error:
        _stay(import_id, run, {"code": "undo_hangs", "what": type(error).__name__})


@retry_atomic
def _undo(*, import_id: int, run: int) -> None:
    job = ImportJob.objects.select_for_update().get(pk=import_id)
    if (job.state, job.run) != (ImportState.UNDOING, run):
        return
    kind = kind_named(job.kind)
    context = Context(job.term_id or 0, job.undone_by_id, columns=job.notices.get("columns", ()))
    made = [draft_of(r) for r in job.staged_rows.filter(outcome=RowOutcome.NEW)]
    changed = [draft_of(r) for r in job.staged_rows.filter(outcome=RowOutcome.CHANGED)]
    kind.lock(sorted(targets_of([*made, *changed])), context)
    if hanging := kind.hanging(targets_of(made)):
        what = ", ".join(f"{number} {words}" for words, number in hanging.items())
        raise Hangs("undo_hangs", what=what)
    _check_untouched(kind, [*made, *changed], context)
    kind.restore(changed, context)
    kind.remove(made, context)
    kind.clear_up(job.made, context)
    job.state = ImportState.UNDONE
    job.undone_at = timezone.now()
    job.save()
    _bump_all()
    audit.record("import.undone", actor_id=job.undone_by_id, subject=f"import:{job.pk}")
    kind.tell(context)
    tell.import_undone(job)


def _check_untouched(kind: Kind, drafts: Iterable[Draft], context: Context) -> None:
    """Raises Hangs when somebody has changed since what the batch wrote."""
    touched = 0
    for batch in batches(drafts):
        held = kind.current(batch, context)
        for draft in batch:
            now = held.get(draft.target or 0)
            touched += now is None or not as_written(draft, now)
    if touched:
        raise Hangs("undo_touched", rows=touched)


def as_written(draft: Draft, now: dict[str, Any]) -> bool:
    """Whether ``now`` is still what the row wrote.

    A new row owns every column, a changed one only those that it changed.
    """
    if draft.before is None:
        expected = {column: draft.values.get(column) for column in now}
        return all(
            same(value, now[column]) or (value is None and column == "username")
            for column, value in expected.items()
        )
    return all(same(new, now[column]) for column, (_old, new) in draft.changes.items())


@retry_atomic
def _stay(import_id: int, run: int, refusal: dict[str, Any]) -> None:
    job = ImportJob.objects.select_for_update().get(pk=import_id)
    if (job.state, job.run) != (ImportState.UNDOING, run):
        return
    tell.import_failed(job, "undo")
    job.state, job.refusal, job.undone_by = ImportState.SAVED, refusal, None
    job.save(update_fields=["state", "refusal", "undone_by"])
    versions.bump(IMPORTS)
