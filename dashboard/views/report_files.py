"""Reports as PDF: ordered, drawn by a worker, fetched."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from dashboard import rules
from dashboard.selectors import report_files as selectors
from dashboard.services import report_files as services
from dashboard.views.reports import asked_of, report_or_404, without_all
from isme.lib import reports as registry
from isme.lib.exports import LISTS, refusal
from isme.lib.http import page_or_fragment
from isme.lib.idempotency import once
from isme.lib.reports import offered


@require_POST
def report_pdf(request: Request, slug: str) -> HttpResponse:
    """Order the report with the filters of the address; 429 after 30 files in ten minutes."""
    found = report_or_404(request, slug)
    refused = refusal(request, LISTS)
    if refused is not None:
        return refused
    asked = without_all(asked_of(request, found, offered(found.filters)))

    def effect() -> str:
        token = services.order(
            report=found,
            asked=asked,
            sort=request.GET.get("sort", ""),
            owner=request.user,
            language=get_language() or "id",
        )
        return reverse("dashboard:report_file", args=[token])

    key = request.POST.get("idempotency_key", "")
    return HttpResponseRedirect(once(request.user.pk, key, effect))


@require_safe
def report_file(request: Request, token: str) -> HttpResponse:
    """How far the worker is, and the file; the page asks again by itself until it is over."""
    found = selectors.report_file(request.user, token)
    report = registry.get(found.slug) if found else None
    if found is None or report is None or not rules.can_see_reports(request.user):
        raise Http404
    context = {
        "file": found,
        "report": report,
        "heading": report.title,
        "crumbs": [(_("Reports"), reverse("dashboard:reports"))],
        "back": reverse("dashboard:report", args=[report.slug]),
    }
    page, fragment = "dashboard/report_file.html", "dashboard/_report_file.html"
    return page_or_fragment(request, page, fragment, context)
