"""Who must wait at the door after too many wrong passwords, and letting them try again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import rules
from accounts.http import Request, origin_of
from accounts.selectors.people import throttled_accounts
from accounts.services import throttle
from accounts.views.people import crumbs, person_or_404
from isme.lib.idempotency import OnceForm
from isme.lib.redis import RedisAway

MOST_SHOWN = 200


@require_safe
def throttled(request: Request) -> HttpResponse:
    """Two queries and one exchange. Who is held right now; it empties by itself."""
    if not rules.can_list_people(request.user):
        raise PermissionDenied
    held = throttled_accounts()
    context = {
        "rows": [
            (person, until, rules.can_lift_throttle(request.user, person))
            for person, until in held[:MOST_SHOWN]
        ],
        "more": max(0, len(held) - MOST_SHOWN),
        "crumbs": crumbs(),
        "once_form": OnceForm(auto_id=False),
    }
    return render(request, "accounts/throttled.html", context)


@require_POST
def throttle_lift(request: Request, pk: int) -> HttpResponse:
    """Harmless to repeat: nothing is held any more, and nothing more is recorded."""
    person = person_or_404(request, pk)
    if not rules.can_lift_throttle(request.user, person):
        raise Http404
    back = HttpResponseRedirect(reverse("accounts:throttled"))
    try:
        throttle.lift_by(user_id=pk, by=request.user.pk, origin=origin_of(request))
    except RedisAway:
        messages.error(request, _("That can't be changed just now. Try again in a few seconds."))
        return back
    messages.success(request, _("%(name)s may try again at once.") % {"name": person.name})
    return back
