"""Changing one's own password."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.errors import PasswordRefused, PasswordWrong, SignInDelayed
from accounts.forms.passwords import PasswordChangeForm
from accounts.http import Request
from accounts.middleware import open_before_password_change
from accounts.services.password_rules import least_now
from accounts.services.passwords import change_password
from accounts.session import cookie as cookies
from accounts.views.delays import delayed
from accounts.views.own_way import to_profile
from accounts.views.requests import visit_of


@sensitive_post_parameters()
@never_cache
@open_before_password_change
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: Request) -> HttpResponse:
    first = request.user.must_change_password
    data = request.POST if request.method == "POST" else None
    form = PasswordChangeForm(data, least=least_now(request.user.pk), one_time=first)

    def show(status: int = HTTPStatus.OK) -> HttpResponse:
        template = "accounts/password_first.html" if first else "accounts/password_change.html"
        context = {"form": form, "crumbs": to_profile()}
        return render(request, template, context, status=status)

    if data is None:
        return show()
    if not form.is_valid():
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return _changed(request, form, first=first)
    except PasswordWrong as wrong:
        form.add_error("current", str(wrong))
    except PasswordRefused as refusal:
        form.add_error("new", str(refusal))
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    return show(HTTPStatus.UNPROCESSABLE_ENTITY)


def _changed(request: Request, form: PasswordChangeForm, *, first: bool) -> HttpResponse:
    begun = change_password(
        user_id=request.user.pk,
        current=form.cleaned_data["current"],
        new=form.cleaned_data["new"],
        visit=visit_of(request),
    )
    rotate_token(request)
    messages.success(request, _("Your password is changed."))
    response = HttpResponseRedirect("/dashboard/" if first else "/accounts/profile/")
    cookies.send(response, begun.cookie, remember=begun.remember)
    return response
