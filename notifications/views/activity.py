"""Looking back: what one did."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import Request
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from notifications import activity


@require_safe
def mine(request: Request) -> HttpResponse:
    """Count, rows, and a query for each kind of object: what is gone is left out."""
    page = listing(request, activity.by_person(request.user.pk), orders=activity.ORDERS)
    context = {
        "heading": _("My activity"),
        "lead": _("What you did in the last year: only you see this page."),
        "crumbs": [(_("Profile"), reverse("accounts:profile"))],
        "listing": page,
        "entries": activity.shown(request.user, list(page.page.object_list)),
        "is_mine": True,
    }
    templates = "notifications/activity.html", "notifications/_activity.html"
    return page_or_fragment(request, *templates, context)
