"""Looking back: what one did."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.choices import Role
from accounts.http import Request
from accounts.models import User
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from notifications import activity


@require_safe
def mine(request: Request) -> HttpResponse:
    """Count, rows, and a query for each kind of object: what is gone is left out."""
    page = listing(request, activity.by_person(request.user.pk), orders=activity.ORDERS)
    context = {
        "heading": _("My activity"),
        "lead": _lead(request.user),
        "crumbs": [(_("Profile"), reverse("accounts:profile"))],
        "listing": page,
        "entries": activity.shown(request.user, list(page.page.object_list)),
        "is_mine": True,
    }
    templates = "notifications/activity.html", "notifications/_activity.html"
    return page_or_fragment(request, *templates, context)


def _lead(user: User) -> str:
    """What is recorded, and what isn't: nothing else tells whether the list leaves something out."""
    if user.role in {Role.SUPER_ADMIN, Role.OFFICE}:
        return _(
            "What you did in the last year: imports, promotions, changed rights, and what you did "
            "in courses and classes, with their forums. Posts in other forums and anonymous ones "
            "are not listed. Only you see this page."
        )
    return _(
        "What you did in the last year in courses and classes, with their forums. Posts in other "
        "forums and anonymous ones are not listed. Only you see this page."
    )
