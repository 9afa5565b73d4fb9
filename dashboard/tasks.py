"""What the dashboard does in the background."""

from dashboard.selectors.report_files import DRAW
from dashboard.services import report_files
from isme.lib.jobs import job


@job(DRAW, queue="bulk", lease_seconds=300)
def draw_report(**order: str) -> None:
    report_files.draw(**order)  # type: ignore[arg-type]


@job(report_files.REMOVE, queue="bulk")
def remove_report(*, file_id: int) -> None:
    report_files.remove(file_id=file_id)
