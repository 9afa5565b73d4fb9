"""The page of one import, whatever its state: progress, preview, result."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from academics.forms.imports import RowFilterForm, UploadForm
from academics.imports import preview, progress, registry
from academics.imports.choices import ImportState, RowOutcome
from academics.models import ImportJob
from academics.selectors.imports import rows_of
from academics.services.imports import is_stuck
from academics.views.seen import seen
from accounts.http import Request
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from isme.lib.parts import Tab

ROW_ORDERS = {"sheet": ("position", "pk")}
WITH_ROWS = {ImportState.STAGED, *ImportState.saved()}
PERCENT = 100
ROWS, WORKING = "rows", "working"
PARTS = {
    ROWS: "academics/_import_rows.html",
    WORKING: "academics/_import_working.html",
    "": "academics/_import_detail.html",
}


def detail_page(
    request: Request, job: ImportJob, form: UploadForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, or the part that htmx wants to swap: the rows, the progress, or all of it.

    Whoever asked for the progress of a work that has ended gets everything instead.
    """
    wanted = request.headers.get("HX-Target", "")
    if not wanted:
        seen(request, f"import:{job.pk}")
    context = _context(request, job)
    if wanted != ROWS:
        context |= {"upload_form": form or UploadForm(term=""), **_work_of(job)}
    is_over = wanted == WORKING and not context.get("is_running")
    part = PARTS.get("" if is_over else wanted, PARTS[""])
    response = page_or_fragment(request, "academics/import_detail.html", part, context)
    patch_vary_headers(response, ["HX-Target"])
    if is_over:
        response["HX-Retarget"] = "#import"
    response.status_code = status
    return response


def _context(request: Request, job: ImportJob) -> dict[str, Any]:
    kind = registry.kind_named(job.kind)
    context: dict[str, Any] = {"job": job, "kind": kind, "crumbs": list_crumbs(job)}
    if job.state not in WITH_ROWS:
        return context
    show = request.GET.get("show", "")
    if show not in {*RowOutcome.values, "all"}:
        show = "wrong" if job.rows_wrong else "all"
    filters = {"q": request.GET.get("q", "").strip()[:100], "show": show}
    found = listing(request, rows_of(job, **filters), orders=ROW_ORDERS, filters=filters)
    columns = preview.columns_of(job, kind)
    return {
        **context,
        "rows": found,
        "row_views": preview.views(found.page.object_list, columns),
        "columns": columns,
        "several_sheets": len(job.notices.get("sheets", [])) > 1,
        "row_form": RowFilterForm(initial={"q": filters["q"]}),
        "filters": filters,
        "tabs": _tabs(job, show),
    }


def list_crumbs(job: ImportJob) -> list[tuple[str, str]]:
    """The way up from what concerns one import."""
    return [(_("Import"), f"{reverse('academics:import_list')}?kind={job.kind}")]


def _tabs(job: ImportJob, show: str) -> list[Tab]:
    outcomes = [(o, getattr(job, f"rows_{o.value}")) for o in reversed(RowOutcome)]
    tabs = [Tab(o.label, f"?show={o.value}", o.value == show, n) for o, n in outcomes if n]
    return [*tabs, Tab(_("All"), "?show=all", show == "all", job.rows)]


def _work_of(job: ImportJob) -> dict[str, Any]:
    """How far the worker is, what is to be known, and whether the worker gave up."""
    known: dict[str, Any] = {"notices": preview.notices(job), "refusal": preview.refusal(job)}
    known["step"] = _step(job)
    if job.state == ImportState.DISCARDED:
        known |= preview.discarded(job)
    if job.state not in ImportState.at_work():
        return known
    done, total = progress.heard(job.pk, job.run)
    known |= {"done": done, "total": total, "is_running": not is_stuck(job), "is_at_work": True}
    known["percent"] = done * PERCENT // total if total else 0
    return known


def _step(job: ImportJob) -> int:
    """Where the import stands of upload, check, save; 4 when all is done, 0 when nothing will be."""
    if job.state == ImportState.DISCARDED:
        return 0
    if job.state in {ImportState.READING, ImportState.REFUSED}:
        return 1
    if job.state == ImportState.STAGED:
        return 2
    return 3 if job.state == ImportState.SAVING else 4
