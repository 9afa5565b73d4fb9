"""What staff does for somebody whose phone, and with it the second factor, is gone."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import rules
from accounts.http import Request, origin_of
from accounts.services.second_factor import reset_second_factor
from accounts.views.person_acts import act_once, allowed_person
from accounts.views.step_up import stepped_up
from isme.lib.idempotency import OnceForm


@require_POST
@stepped_up
def person_second_factor_reset(request: Request, pk: int) -> HttpResponse:
    found = allowed_person(request, pk, rules.can_reset_second_factor)

    def effect() -> None:
        reset_second_factor(user_id=pk, by=request.user.pk, origin=origin_of(request))

    location = act_once(request, OnceForm(request.POST), pk, effect)
    text = _("%(name)s signs in without a second factor now.")
    messages.success(request, text % {"name": found.name})
    return HttpResponseRedirect(location)
