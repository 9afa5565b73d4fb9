"""Charts for the office: each on a page of its own, with its numbers."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import Request
from dashboard import rules
from dashboard.views.csv import csv_file
from isme.lib import pictures


@require_safe
def chart(request: Request, slug: str) -> HttpResponse:
    """One chart, or its table as CSV: what its numbers cost, at most 1 query."""
    if not rules.can_see_reports(request.user):
        raise PermissionDenied
    found = pictures.get(slug)
    if found is None:
        raise Http404
    context = found.context()
    if request.GET.get("format") == "csv":
        table = context["table"]
        return csv_file(slug, [table.heads, *table.rows])
    context |= {
        "heading": found.title,
        "lead": found.lead,
        "crumbs": [(_("Reports"), reverse("dashboard:reports"))],
        "is_page": True,
    }
    return render(request, "dashboard/chart.html", context)
