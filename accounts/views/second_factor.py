"""The second factor: its page at the door, and setting it up, renewing and removing it."""

from http import HTTPStatus

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import (
    AccountsError,
    CodeWrong,
    PasswordRefused,
    PasswordWrong,
    SecondFactorOn,
    SignInDelayed,
    StageOver,
)
from accounts.forms.door import CodeForm
from accounts.forms.second_factor import AppCodeForm, RemoveForm
from accounts.http import Request, origin_of
from accounts.middleware import open_before
from accounts.selectors.second_factor import factor_of, recovery_codes_left
from accounts.services import second_factor as service
from accounts.services.sign_in import finish
from accounts.session import stage as stages
from accounts.views.delays import delayed
from accounts.views.door import after, entered
from accounts.views.own_way import to_profile, to_second_factor
from accounts.views.requests import next_address, visit_of
from accounts.views.step_up import stepped_up

FEW_CODES = 3
first_step = open_before(settings.SECOND_FACTOR_URL)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: Request) -> HttpResponse:
    """The second page of signing in: only with the cookie of the first, and for 5 minutes."""
    if stages.read(stages.of(request)) is None:
        inside = request.user.is_authenticated and request.method != "POST"
        return HttpResponseRedirect(
            after(request, request.user.pk) if inside else settings.LOGIN_URL
        )
    form = CodeForm(request.POST if request.method == "POST" else None)

    def show(status: int = HTTPStatus.OK) -> HttpResponse:
        context = {"form": form, "next": next_address(request)}
        return render(request, "accounts/sign_in_code.html", context, status=status)

    if not form.is_valid():
        return show(HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK)
    try:
        return _entered(request, form.cleaned_data["code"])
    except CodeWrong as wrong:
        form.add_error("code", str(wrong))
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    except StageOver as over:
        messages.error(request, str(over))
        return redirect("accounts:login")


def _entered(request: Request, code: str) -> HttpResponse:
    begun = finish(stage=stages.of(request), code=code, visit=visit_of(request))
    left = recovery_codes_left(begun.cookie.user_id)
    if left <= FEW_CODES:
        text = ngettext(
            "You have %(left)s recovery code left. Make new ones in your profile.",
            "You have %(left)s recovery codes left. Make new ones in your profile.",
            left,
        )
        messages.warning(request, text % {"left": left})
    response = entered(request, begun)
    stages.clear(response)
    return response


@first_step
@never_cache
@require_safe
def second_factor(request: Request) -> HttpResponse:
    """Whether it is on, and what can be done with it."""
    return _page(request, AppCodeForm(auto_id="renew_%s"), RemoveForm(auto_id="remove_%s"))


def _page(
    request: Request, renew: AppCodeForm, remove: RemoveForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    factor = factor_of(request.user.pk)
    context = {
        "factor": factor if factor and factor.confirmed_at else None,
        "codes_left": recovery_codes_left(request.user.pk),
        "renew_form": renew,
        "remove_form": remove,
        "must": request.user.must_have_second_factor,
        "crumbs": to_profile(),
    }
    return render(request, "accounts/second_factor.html", context, status=status)


@first_step
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up
def setup(request: Request) -> HttpResponse:
    """A secret for the app, as a QR code and as text; the first code of it turns it on."""
    form = AppCodeForm(request.POST if request.method == "POST" else None)
    try:
        service.begin(user_id=request.user.pk)
        if form.is_valid():
            return _turned_on(request, form)
    except SecondFactorOn:
        return redirect("accounts:second_factor")
    except CodeWrong as wrong:
        form.add_error("code", str(wrong))
    except SignInDelayed as delay:
        return delayed(form, delay, lambda status: _setup_page(request, form, status))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return _setup_page(request, form, status)


def _setup_page(request: Request, form: AppCodeForm, status: int) -> HttpResponse:
    factor = factor_of(request.user.pk)
    if factor is None:
        return redirect("accounts:second_factor")
    secret = service.secret_of(factor)
    code = segno.make(service.address_for_app(factor, request.user.username), error="m")
    context = {
        "form": form,
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "crumbs": to_second_factor(),
        "qr": code.svg_data_uri(scale=5, border=3, light="#fff", dark="#000"),
    }
    return render(request, "accounts/second_factor_setup.html", context, status=status)


def _turned_on(request: Request, form: AppCodeForm) -> HttpResponse:
    codes = service.confirm(
        user_id=request.user.pk,
        code=form.cleaned_data["code"],
        visit=visit_of(request),
        origin=origin_of(request),
    )
    return _codes_page(request, codes)


def _codes_page(request: Request, codes: list[str]) -> HttpResponse:
    """Shown in the answer itself and never again: nothing of it is kept."""
    context = {"codes": codes, "crumbs": to_second_factor()}
    return render(request, "accounts/recovery_codes.html", context)


@first_step
@never_cache
@require_POST
def recovery_codes(request: Request) -> HttpResponse:
    form = AppCodeForm(request.POST, auto_id="renew_%s")

    def show(status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
        return _page(request, form, RemoveForm(auto_id="remove_%s"), status)

    if not form.is_valid():
        return show()
    try:
        codes = service.renew_recovery_codes(
            user_id=request.user.pk,
            code=form.cleaned_data["code"],
            visit=visit_of(request),
            origin=origin_of(request),
        )
    except CodeWrong as wrong:
        form.add_error("code", str(wrong))
        return show()
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    return _codes_page(request, codes)


@sensitive_post_parameters("password")
@never_cache
@require_POST
def remove(request: Request) -> HttpResponse:
    form = RemoveForm(request.POST, auto_id="remove_%s")

    def show(status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
        return _page(request, AppCodeForm(auto_id="renew_%s"), form, status)

    if not form.is_valid():
        return show()
    try:
        service.remove(
            user_id=request.user.pk,
            visit=visit_of(request),
            origin=origin_of(request),
            **form.cleaned_data,
        )
    except CodeWrong as wrong:
        form.add_error("code", str(wrong))
    except (PasswordWrong, PasswordRefused) as wrong:
        form.add_error("password", str(wrong))
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    except AccountsError as refusal:
        form.add_error(None, str(refusal))
    else:
        messages.success(request, _("Your second factor is off."))
        return redirect("accounts:second_factor")
    return show()
