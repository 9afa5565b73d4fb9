"""What staff does with one account: close it, open it again, end its session."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules
from accounts.errors import NotAllowed
from accounts.forms.people import DeactivateForm
from accounts.http import Request, origin_of
from accounts.models import User
from accounts.services import activation
from accounts.services.force_logout import force_logout
from accounts.services.passwords import issue_one_time_password
from accounts.views.people import crumbs, person_or_404
from accounts.views.step_up import stepped_up
from isme.lib.idempotency import OnceForm, once
from isme.lib.undo import success_with_undo

Rule = Callable[[User, User], bool]


def allowed_person(request: Request, pk: int, rule: Rule) -> User:
    """The person, if ``rule`` lets the one who asks; else 404, as if there were nobody."""
    found = person_or_404(request, pk)
    if not rule(request.user, found):
        raise Http404
    return found


def act_once(request: Request, form: OnceForm, pk: int, effect: Callable[[], object]) -> str:
    """Do ``effect`` unless this form did; return the person's address. Raises Http404."""
    address = reverse("accounts:person", args=[pk])

    def run() -> str:
        effect()
        return address

    form.is_valid()  # the key's field takes anything
    try:
        return once(request.user.pk, form.cleaned_data["idempotency_key"], run)
    except NotAllowed:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def person_deactivate(request: Request, pk: int) -> HttpResponse:
    found = allowed_person(request, pk, rules.can_deactivate)
    form = DeactivateForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.OK if request.method != "POST" else HTTPStatus.UNPROCESSABLE_ENTITY
        context = {"person": found, "form": form, "crumbs": crumbs(found)}
        return render(request, "accounts/person_deactivate.html", context, status=status)

    def effect() -> None:
        activation.deactivate(
            user_id=pk,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            origin=origin_of(request),
        )

    location = act_once(request, form, pk, effect)
    text = _("%(name)s can't sign in any more.") % {"name": found.name}
    success_with_undo(request, text, reverse("accounts:person_restore", args=[pk]))
    return HttpResponseRedirect(location)


@require_POST
def person_restore(request: Request, pk: int) -> HttpResponse:
    found = allowed_person(request, pk, rules.can_restore)

    def effect() -> None:
        activation.restore(user_id=pk, actor=request.user, origin=origin_of(request))

    location = act_once(request, OnceForm(request.POST), pk, effect)
    messages.success(request, _("%(name)s can sign in again.") % {"name": found.name})
    return HttpResponseRedirect(location)


@require_POST
def person_force_logout(request: Request, pk: int) -> HttpResponse:
    found = allowed_person(request, pk, rules.can_end_session)

    def effect() -> None:
        force_logout(user_id=pk, by=request.user.pk, origin=origin_of(request))

    location = act_once(request, OnceForm(request.POST), pk, effect)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": found.name})
    return HttpResponseRedirect(location)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up
def person_password(request: Request, pk: int) -> HttpResponse:
    """Issue a one-time password and show it in this answer, which nothing keeps: only here.

    The page of somebody who chose a password leads to the question before it.
    """
    found = allowed_person(request, pk, rules.can_issue_password)
    if not found.is_active:
        raise Http404
    if request.method != "POST":
        return _asked_about_password(request, found)
    issued: list[str] = []

    def effect() -> None:
        issued.append(
            issue_one_time_password(user_id=pk, by=request.user.pk, origin=origin_of(request))
        )

    location = act_once(request, OnceForm(request.POST), pk, effect)
    if not issued:
        messages.info(request, _("It was issued and shown once. If it is lost, issue another."))
        return HttpResponseRedirect(location)
    context = {
        "person": found,
        "password": issued[-1],
        "days": settings.ONE_TIME_PASSWORD_DAYS,
        "crumbs": crumbs(found),
    }
    return render(request, "accounts/person_password.html", context)


def _asked_about_password(request: Request, found: User) -> HttpResponse:
    context = {
        "person": found,
        "form": OnceForm(auto_id=False),
        "action": request.path,
        "keep_address": reverse("accounts:person", args=[found.pk]),
        "crumbs": crumbs(found),
    }
    return render(request, "accounts/person_password_ask.html", context)
