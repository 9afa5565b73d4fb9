"""What is kept about oneself, who saw it, and taking it away; erasing it, for super admins."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.acting import not_while_acting
from accounts.choices import seen_how
from accounts.forms.privacy import EraseForm
from accounts.http import Request, origin_of
from accounts.selectors.privacy import who_saw
from accounts.services import erasure, own_data
from accounts.views.own_way import to_profile
from accounts.views.people import crumbs
from accounts.views.person_acts import act_once, allowed_person
from accounts.views.step_up import stepped_up
from isme.lib import privacy as registry
from isme.lib.http import page_or_fragment, wants_fragment
from isme.lib.idempotency import OnceForm, once
from isme.lib.paging import listing

ORDERS = {"newest": ("-number",), "oldest": ("number",)}


@require_safe
@not_while_acting
def privacy(request: Request) -> HttpResponse:
    events = listing(request, who_saw(request.user), orders=ORDERS)
    for event in events.page.object_list:
        event.how = seen_how(event.verb)
    context: dict[str, object] = {"events": events}
    if not wants_fragment(request):
        context |= {
            "crumbs": to_profile(),
            "records": registry.records(),
            "file": own_data.newest_of(request.user.pk),
            "being_made": own_data.is_being_made(request.user.pk),
            "once_form": OnceForm(auto_id=False),
        }
    return page_or_fragment(request, "accounts/privacy.html", "accounts/_who_saw.html", context)


@require_POST
@not_while_acting
@stepped_up
def own_data_order(request: Request) -> HttpResponse:
    form = OnceForm(request.POST)
    form.is_valid()  # the key's field takes anything

    def effect() -> str:
        own_data.order(user_id=request.user.pk, origin=origin_of(request))
        return reverse("accounts:privacy")

    location = once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    messages.success(
        request, _("Your data is being put together. The file lies here in a few minutes.")
    )
    return HttpResponseRedirect(location)


@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up
def person_erase(request: Request, pk: int) -> HttpResponse:
    found = allowed_person(request, pk, rules.can_erase)
    form = EraseForm(request.POST if request.method == "POST" else None, person=found)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.OK if request.method != "POST" else HTTPStatus.UNPROCESSABLE_ENTITY
        context = {
            "person": found,
            "form": form,
            "crumbs": crumbs(found),
            "records": registry.records(),
        }
        return render(request, "accounts/person_erase.html", context, status=status)

    def effect() -> None:
        erasure.erase_person(
            user_id=pk,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            origin=origin_of(request),
        )

    location = act_once(request, form, pk, effect)
    messages.success(request, _("The data is erased. The audit trail keeps that it was."))
    return HttpResponseRedirect(location)
