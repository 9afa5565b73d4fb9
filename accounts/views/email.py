"""One's own e-mail address: changed with the password, and proved by a link."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import EmailRefused, LinkDead, PasswordWrong, SignInDelayed, SignInHeld
from accounts.forms.email import EmailForm
from accounts.http import Request, origin_of
from accounts.selectors.links import newest_if_refused
from accounts.selectors.logins import own_email
from accounts.services import email_proof
from accounts.views.delays import delayed
from accounts.views.own_way import to_profile
from isme.lib.rates import Rate, seconds_to_wait

BY_PERSON = Rate("email.link", 5, 3600)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: Request) -> HttpResponse:
    form = EmailForm(request.POST if request.method == "POST" else None)

    def show(status: int = HTTPStatus.OK) -> HttpResponse:
        context = {
            "form": form,
            "own": own_email(request.user.pk),
            "refused": newest_if_refused(request.user.pk),
            "crumbs": to_profile(),
        }
        return render(request, "accounts/email.html", context, status=status)

    if request.method != "POST":
        return show()
    if not form.is_valid():
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    wait = seconds_to_wait(request, BY_PERSON, str(request.user.pk))
    if wait:
        return delayed(form, SignInHeld(wait), show)
    try:
        return _asked(request, form)
    except EmailRefused as refusal:
        form.add_error("address", str(refusal))
    except PasswordWrong as wrong:
        form.add_error("password", str(wrong))
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    return show(HTTPStatus.UNPROCESSABLE_ENTITY)


def _asked(request: Request, form: EmailForm) -> HttpResponse:
    address = email_proof.ask_to_change(
        user_id=request.user.pk, language=get_language() or "", **form.cleaned_data
    )
    return _sent(request, address)


def _sent(request: Request, address: str) -> HttpResponse:
    text = _("A link is on its way to %(address)s. Open it on this device within 10 minutes.")
    messages.success(request, text % {"address": address})
    return redirect("accounts:email")


@require_POST
def email_prove(request: Request) -> HttpResponse:
    """Mail a link to the address in use."""
    if seconds_to_wait(request, BY_PERSON, str(request.user.pk)):
        messages.error(request, _("Many links were asked for already. Try again in an hour."))
        return redirect("accounts:email")
    try:
        address = email_proof.ask_to_prove(user_id=request.user.pk, language=get_language() or "")
    except EmailRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:email")
    return _sent(request, address)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirm(request: Request, token: str) -> HttpResponse:
    """What a mailed link opens. Only its own person may confirm.

    Else a mistyped address would give the account to whoever reads that mailbox.
    """
    try:
        response = _email_confirm(request, token)
    except (LinkDead, EmailRefused) as refusal:
        context = {"text": str(refusal), "again": "/accounts/email/"}
        response = render(request, "accounts/link_dead.html", context, status=HTTPStatus.GONE)
    response["Referrer-Policy"] = "strict-origin"
    return response


def _email_confirm(request: Request, token: str) -> HttpResponse:
    link = email_proof.find(token)
    if link.user_id != request.user.pk:
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/email_confirm.html", {"address": link.address})
    email_proof.confirm(link=link, origin=origin_of(request))
    messages.success(request, _("Your e-mail address is confirmed."))
    return redirect("accounts:email")
