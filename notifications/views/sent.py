"""What was told to whom, and what became of it: for the office."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request, origin_of
from isme.lib import audit
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from notifications import rules
from notifications.kinds import known_kinds
from notifications.models import Notice
from notifications.selectors import sent as selectors
from notifications.services import deliver

PAGE = "/notifications/sent/"
BROADCASTS = "/notifications/broadcasts/"
ORDERS = {"newest": ("-pk",), "oldest": ("pk",)}


def _require_office(request: Request) -> None:
    if not rules.can_broadcast(request.user):
        raise PermissionDenied


@require_safe
def sent_list(request: Request) -> HttpResponse:
    _require_office(request)
    kinds = known_kinds()
    names = {kind.name for kind in kinds}
    kind = request.GET.get("kind", "")
    failed = "1" if request.GET.get("failed") == "1" else ""
    filters = {"kind": kind if kind in names else "", "failed": failed}
    found = listing(request, selectors.sent_notices(**filters), orders=ORDERS, filters=filters)
    lost = selectors.failed_of(found.page.object_list)
    context = {
        "notices": found,
        "rows": [
            (notice, selectors.label_of(notice), selectors.is_counted(notice), lost.get(notice.pk))
            for notice in found.page.object_list
        ],
        "filters": filters,
        "kinds": kinds,
        "crumbs": [(_("Broadcasts"), BROADCASTS)],
    }
    return page_or_fragment(
        request, "notifications/sent.html", "notifications/_sent.html", context
    )


@require_safe
def sent_detail(request: Request, pk: int) -> HttpResponse:
    _require_office(request)
    notice = get_object_or_404(Notice, pk=pk)
    is_counted = selectors.is_counted(notice)
    context = {
        "notice": notice,
        "heading": selectors.label_of(notice),
        "is_counted": is_counted,
        "statistics": selectors.statistics(notice) if is_counted else None,
        "failures": selectors.failures(notice) if is_counted else [],
        "address": f"{PAGE}{pk}/",
        "crumbs": [(_("Broadcasts"), BROADCASTS), (_("What was told"), PAGE)],
    }
    page, fragment = "notifications/sent_detail.html", "notifications/_statistics.html"
    return page_or_fragment(request, page, fragment, context)


@require_POST
def send_again(request: Request, pk: int) -> HttpResponse:
    """Give what failed another try. Safe to press twice: the second finds nothing."""
    _require_office(request)
    notice = get_object_or_404(Notice, pk=pk)
    number = deliver.send_again(notice_id=notice.pk)
    if number:
        audit.record(
            "notice.sent_again",
            actor_id=request.user.pk,
            subject=f"notice:{pk}",
            origin=origin_of(request),
            details={"deliveries": number},
        )
    said = ngettext("%(n)d goes out again.", "%(n)d go out again.", number)
    messages.success(request, said % {"n": number} if number else _("Nothing had failed."))
    return HttpResponseRedirect(f"{PAGE}{pk}/")
