"""The audit trail for super admins: who did what, when and from where."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.choices import Role
from accounts.forms.audit import AuditFilterForm
from accounts.http import Request
from accounts.selectors import audit as selectors
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing

ORDERS = {"newest": ("-number",), "oldest": ("number",)}


@require_safe
def audit_trail(request: Request) -> HttpResponse:
    if request.user.role != Role.SUPER_ADMIN:
        raise PermissionDenied
    filters = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "verb")}
    events = selectors.audit_trail(**filters)
    context = {
        "events": listing(request, events, orders=ORDERS, filters=filters),
        "filters": filters,
        "form": AuditFilterForm(verbs=selectors.audit_verbs(), initial=filters),
    }
    return page_or_fragment(
        request, "accounts/audit_trail.html", "accounts/_audit_trail.html", context
    )
