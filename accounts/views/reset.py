"""A forgotten password: asking for a link, and the page that the link opens."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.canonical import canonical
from accounts.choices import Place
from accounts.errors import LinkDead, PasswordRefused, SignInDelayed, SignInHeld
from accounts.forms.passwords import NewPasswordForm, PasswordResetForm
from accounts.http import Request
from accounts.models import MailedLink
from accounts.services import password_reset as service
from accounts.services.password_rules import least_now
from accounts.services.throttle import network_of
from accounts.session import cookie as cookies
from accounts.views.delays import delayed
from accounts.views.requests import visit_of
from isme.lib.http import client_ip, place_of
from isme.lib.rates import Rate, seconds_to_wait

TEN_MINUTES = 600
BY_NAME = Rate("reset.name", 3, TEN_MINUTES)
BY_ADDRESS = Rate("reset.address", 20, TEN_MINUTES)
BY_CAMPUS = Rate("reset.campus", 300, TEN_MINUTES)  # a lecture hall has one address
BY_LINK = Rate("reset.link", 30, TEN_MINUTES)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: Request) -> HttpResponse:
    """The same answer after the same work whatever was typed: a job looks who that is."""
    form = PasswordResetForm(request.POST if request.method == "POST" else None)

    def show(status: int = HTTPStatus.OK) -> HttpResponse:
        return render(request, "accounts/password_reset.html", {"form": form}, status=status)

    if request.method != "POST":
        return show()
    if not form.is_valid():
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    login = form.cleaned_data["login"]
    wait = _wait(request, login)
    if wait:
        return delayed(form, SignInHeld(wait), show)
    service.ask(login=login, language=get_language() or "")
    return redirect("accounts:password_reset_sent")


def _wait(request: Request, login: str) -> int:
    network = network_of(client_ip(request))
    rate = BY_CAMPUS if place_of(request) == Place.CAMPUS else BY_ADDRESS
    return max(
        seconds_to_wait(request, rate, network),
        seconds_to_wait(request, BY_NAME, canonical(login)),
    )


@require_safe
@login_not_required
def password_reset_sent(request: Request) -> HttpResponse:
    return render(request, "accounts/password_reset_sent.html")


@sensitive_variables("token")
@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def password_new(request: Request, token: str) -> HttpResponse:
    """Opening the link spends nothing: mail servers look at links before people do."""
    try:
        link = service.find(token)
        response = _password_new(request, token, link)
    except LinkDead as dead:
        context = {"text": str(dead), "again": "/accounts/password/reset/"}
        response = render(request, "accounts/link_dead.html", context, status=HTTPStatus.GONE)
    # The address is a secret: it goes into no Referer, not even to our own log.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _password_new(request: Request, token: str, link: MailedLink) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = NewPasswordForm(data, least=least_now(link.user_id))

    def show(status: int = HTTPStatus.OK) -> HttpResponse:
        context = {"form": form, "person": link.user}
        return render(request, "accounts/password_new.html", context, status=status)

    if data is None:
        return show()
    wait = seconds_to_wait(request, BY_LINK, link.selector)
    if wait:
        return delayed(form, SignInHeld(wait), show)
    if not form.is_valid():
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        service.reset(token=token, new=form.cleaned_data["new"], visit=visit_of(request))
    except PasswordRefused as refusal:
        form.add_error("new", str(refusal))
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    messages.success(request, _("Your new password is saved. Sign in with it."))
    response = redirect("accounts:login")
    cookies.clear(response)
    return response
