"""The audit trail for super admins: who did what, when and from where."""

import csv
from collections.abc import Iterable, Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import rules
from accounts.acting import not_while_acting
from accounts.forms.audit import AuditFilterForm
from accounts.http import Request, origin_of
from accounts.models import AuditEvent
from accounts.selectors import audit as selectors
from accounts.views.exports import RATE
from isme.lib import audit
from isme.lib.errors import error_page
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from isme.lib.rates import seconds_to_wait
from isme.lib.replica import late, may_lag

ORDERS = {"newest": ("-number",), "oldest": ("number",)}
FILTERS = ("q", "verb", "since", "until")
DATES = ("since", "until")
YEARS = range(2000, 2101)
BYTE_ORDER_MARK = "\ufeff"  # else a spreadsheet program takes the file for another alphabet
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def filters_of(asked: QueryDict) -> dict[str, str]:
    """What the address asks for; a date that is none counts as not asked."""
    filters = {name: asked.get(name, "").strip()[:100] for name in FILTERS}
    for name in DATES:
        try:
            day = parse_date(filters[name])
        except ValueError:  # 30 February
            day = None
        filters[name] = day.isoformat() if day and day.year in YEARS else ""
    return filters


@may_lag
@require_safe
def audit_trail(request: Request) -> HttpResponse:
    if not rules.can_read_audit(request.user):
        raise PermissionDenied
    filters = filters_of(request.GET)
    events = listing(
        request, late(selectors.audit_trail(**filters)), orders=ORDERS, filters=filters
    )
    context = {
        "events": events,
        "rows": selectors.in_words(events.page.object_list),
        "filters": filters,
        "form": AuditFilterForm(verbs=selectors.audit_verbs(), initial=filters),
        "export_address": f"/accounts/audit/export/{events.address(page='', per_page='')}",
    }
    return page_or_fragment(
        request, "accounts/audit_trail.html", "accounts/_audit_trail.html", context
    )


@not_while_acting
@require_safe
def audit_export(request: Request) -> HttpResponseBase:
    """The events of the filters, the oldest first, as CSV: streamed, so it has no limit of rows."""
    if not rules.can_read_audit(request.user):
        raise PermissionDenied
    wait = seconds_to_wait(request, RATE, str(request.user.pk))
    if wait:
        response: HttpResponseBase = error_page(request, 429)
        response["Retry-After"] = str(wait)
        return response
    filters = filters_of(request.GET)
    origin = origin_of(request)
    audit.record(
        "audit.exported",
        actor_id=request.user.pk,
        subject="audit",
        origin=origin,
        details=filters,
    )
    lines = _lines(selectors.in_order(selectors.audit_trail(**filters)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"jejak-audit-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """What csv writes into: it gives each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(events: Iterable[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    heads = [_("No."), _("Time"), _("Event"), _("By"), _("About"), _("Address"), _("Device")]
    heads += [_("Details"), _("Event code"), _("Code of what it is about")]
    yield BYTE_ORDER_MARK + writer.writerow(heads)
    for event in events:
        moment = timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S")
        words = (event.label, event.actor_name, str(event.about), event.address, event.device)
        codes = (event.details, event.verb, event.subject)
        yield writer.writerow([event.number, moment, *map(harmless, (*words, *codes))])


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet program takes it for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
