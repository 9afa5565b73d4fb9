"""Reports for the office: a page, a sheet, and a picture with its numbers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import Request
from dashboard import rules
from dashboard.forms.reports import ReportFilterForm
from dashboard.selectors.reports import bars_of
from dashboard.views.csv import csv_file
from isme.lib import charts, pictures
from isme.lib import reports as registry
from isme.lib.exports import export
from isme.lib.http import page_or_fragment
from isme.lib.idempotency import new_key
from isme.lib.paging import listing
from isme.lib.replica import late, may_lag
from isme.lib.reports import ALL, Choices, Report, offered


@require_safe
def index(request: Request) -> HttpResponse:
    _staff_only(request)
    return render(
        request,
        "dashboard/reports.html",
        {"reports": registry.every(), "charts": pictures.every()},
    )


@may_lag
@require_safe
def report(request: Request, slug: str) -> HttpResponseBase:
    """One report: 2 queries for its rows, and what its filters and its picture cost."""
    found = report_or_404(request, slug)
    choices = offered(found.filters)
    shown = asked_of(request, found, choices)
    asked = without_all(shown)
    if request.GET.get("format") == "csv" and found.picture:
        heads = [found.picture.of, found.picture.unit]
        return csv_file(slug, [heads, *bars_of(found, asked)])
    rows = found.rows(asked)
    page = listing(request, late(rows), orders=found.orders, filters=shown)
    if request.GET.get("format") == "xlsx":
        # Of the primary: it is read while it is sent, when no other can take over any more.
        ordered = rows.order_by(*found.orders[page.sort])
        return export(request, slug, found.columns, ordered)
    context = {
        "report": found,
        "heading": found.title,
        "lead": found.lead,
        "crumbs": [(_("Reports"), reverse("dashboard:reports"))],
        "listing": page,
        "lines": [_line(found, row) for row in page.page.object_list],
        "heads": [(column, f"-{column.sort}") for column in found.columns],
        "form": ReportFilterForm(found.filters, choices=choices, initial=shown),
        "bars": charts.bars(bars_of(found, asked)),
        "export_address": page.address(format="xlsx", page=""),
        "pdf_address": f"{page.path}pdf/{page.address(page='')}",
        "idempotency_key": new_key(),
        "csv_address": page.address(format="csv", page=""),
    }
    return page_or_fragment(request, "dashboard/report.html", "dashboard/_report.html", context)


def report_or_404(request: Request, slug: str) -> Report:
    """The report, for staff. Raises PermissionDenied and Http404."""
    _staff_only(request)
    found = registry.get(slug)
    if found is None:
        raise Http404
    return found


def _staff_only(request: Request) -> None:
    if not rules.can_see_reports(request.user):
        raise PermissionDenied


def without_all(shown: dict[str, str]) -> dict[str, str]:
    """What the report is asked for: no filter where the address says "all"."""
    return {name: "" if value == ALL else value for name, value in shown.items()}


def asked_of(request: Request, found: Report, choices: dict[str, Choices]) -> dict[str, str]:
    """The value of each filter: what the address asks for if it is offered, else the default."""
    values = {}
    for one in found.filters:
        value = request.GET.get(one.name, "")
        known = value and any(value == str(choice) for choice, _label in choices[one.name])
        values[one.name] = value if known else one.default()
    return values


def _line(found: Report, row: Any) -> list[dict[str, Any]]:
    return [
        {
            "column": column,
            "value": column.cell(row),
            "address": column.address(row) if column.address else "",
        }
        for column in found.columns
    ]
