"""Beginning and ending to look as somebody else."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules
from accounts.acting import as_oneself
from accounts.forms.people import ActAsForm
from accounts.http import Request, origin_of
from accounts.services import acting
from accounts.views.people import crumbs
from accounts.views.person_acts import act_once, allowed_person
from accounts.views.step_up import stepped_up


@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up
def person_act_as(request: Request, pk: int) -> HttpResponse:
    found = allowed_person(request, pk, rules.can_act_as)
    form = ActAsForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.OK if request.method != "POST" else HTTPStatus.UNPROCESSABLE_ENTITY
        context = {
            "person": found,
            "form": form,
            "crumbs": crumbs(found),
            "minutes": acting.MINUTES,
        }
        return render(request, "accounts/person_act_as.html", context, status=status)

    def effect() -> None:
        acting.start(
            actor=request.user,
            user_id=pk,
            reason=form.cleaned_data["reason"],
            origin=origin_of(request),
        )

    act_once(request, form, pk, effect)
    return redirect("dashboard:home")


@as_oneself
@require_POST
def acting_stop(request: Request) -> HttpResponse:
    if acting.stop(actor_id=request.user.pk, origin=origin_of(request), why="asked"):
        messages.success(request, _("You are yourself again."))
    return HttpResponseRedirect("/accounts/users/")
