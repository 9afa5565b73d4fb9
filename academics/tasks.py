"""What happens to the faculty's data in the background."""

from academics.services import import_work, imports
from isme.lib.jobs import job

# A file may take 60 s of the clock to be read, and 20,000 rows some 30 s to be written: the
# longest lease there is, and a worker that died is noticed by then.
LEASE_SECONDS = 300


@job(imports.READ, queue="bulk", lease_seconds=LEASE_SECONDS)
def import_read(*, import_id: int, run: int) -> None:
    """Stage an uploaded spreadsheet. Safe to run twice."""
    import_work.read(import_id=import_id, run=run)


@job(imports.SAVE, queue="bulk", lease_seconds=LEASE_SECONDS)
def import_save(*, import_id: int, run: int) -> None:
    """Write a staged spreadsheet, all or nothing. Safe to run twice."""
    import_work.save(import_id=import_id, run=run)


@job(imports.UNDO, queue="bulk", lease_seconds=LEASE_SECONDS)
def import_undo(*, import_id: int, run: int) -> None:
    """Take a saved spreadsheet back, all or nothing. Safe to run twice."""
    import_work.undo(import_id=import_id, run=run)


@job(imports.FORGET, queue="bulk")
def import_forget(*, import_id: int) -> None:
    """After 90 days: the history stays, people's data in file and rows goes."""
    imports.forget(import_id=import_id)
