"""Asking again who is there, before what would hurt most in a stranger's hands."""

import functools
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import rules
from accounts.choices import Role
from accounts.errors import CodeWrong, PasswordWrong, SignInDelayed
from accounts.forms.second_factor import StepUpForm
from accounts.http import Request
from accounts.middleware import open_before
from accounts.services.step_up import prove
from accounts.session import unsent
from accounts.views.delays import delayed
from accounts.views.requests import next_address, visit_of
from isme.lib.http import came_from

View = Callable[..., HttpResponse]
PREFIX = "step-up"
PROVED = "proved_at"
CONFIRM_URL = "/accounts/confirm/"
BACK = f"{PREFIX}-back"
NOT_CARRIED = {"csrfmiddlewaretoken", BACK}


def is_fresh(request: Request) -> bool:
    """Whether the person signed in or proved who they are within STEP_UP_SECONDS. No query."""
    snapshot = request.reading.snapshot
    if snapshot is None:
        return False
    proved = float(request.session.get(PROVED, 0))
    return bool(time.time() - max(snapshot.started_at, proved) < settings.STEP_UP_SECONDS)


def stepped_up(view: View) -> View:
    """Let only somebody in who proved within 10 minutes who they are; others are asked first.

    A form that was sent is not lost: it waits in the page that asks (not its files, and no
    passwords). Under the decorators that say the method.
    """

    @functools.wraps(view)
    def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if request.headers.get("HX-Request") == "true":
            response = HttpResponse(status=HTTPStatus.FORBIDDEN)
            page = urlsplit(request.headers.get("HX-Current-URL", "/")).path
            response["HX-Redirect"] = f"{CONFIRM_URL}?{urlencode({'next': page})}"
            return response
        if request.method != "POST":
            target = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{CONFIRM_URL}?{target}")
        return asked_first(request) or view(request, *args, **kwargs)

    return guarded


def asked_first(request: Request, about: str = "", *, always: bool = False) -> HttpResponse | None:
    """For a sent form that is dangerous only by what it says: None when it may take effect.

    ``about`` says what that is; ``always``: though somebody has just proved who they are.
    """
    return None if is_fresh(request) and not always else _ask_within(request, about)


def asked_about_role(request: Request, name: str, before: str, after: str) -> HttpResponse | None:
    """The question before a role that needs proof; None when it may be given.

    Who gives the highest one is asked each time: two taps of somebody who has just signed in
    would do, and no page says that it is about everything.
    """
    if not rules.needs_proof(before, after):
        return None
    values = {"name": name, "role": Role(after).label}
    if before:
        values["before"] = Role(before).label
        about = _("%(name)s: %(before)s becomes %(role)s.") % values
    else:
        about = _("%(name)s gets an account as %(role)s.") % values
    return asked_first(request, about, always=after == Role.SUPER_ADMIN and before != after)


def _ask_within(request: Request, about: str = "") -> HttpResponse | None:
    """The page that asks and carries the sent form on; None when the answer was right."""
    answered = f"{PREFIX}-secret" in request.POST
    form = StepUpForm(request.POST if answered else None, prefix=PREFIX)
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_CARRIED and not unsent.is_secret(name)
        for value in values
    ]
    action = request.get_full_path()
    context = {"form": form, "carried": carried, "action": action, "about": about}
    return _asked(request, form, context)


def _asked(request: Request, form: StepUpForm, context: dict[str, object]) -> HttpResponse | None:
    back = _back(request)

    def show(status: int = HTTPStatus.OK) -> HttpResponse:
        shown = {**context, "back": back, "back_name": BACK}
        return render(request, "accounts/step_up.html", shown, status=status)

    if not form.is_bound:
        return show()
    if not form.is_valid():
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        secret = form.cleaned_data["secret"]
        prove(user_id=request.user.pk, secret=secret, visit=visit_of(request))
    except (PasswordWrong, CodeWrong) as wrong:
        form.add_error("secret", str(wrong))
        return show(HTTPStatus.UNPROCESSABLE_ENTITY)
    except SignInDelayed as delay:
        return delayed(form, delay, show)
    request.session[PROVED] = time.time()
    return None


def _back(request: Request) -> str:
    """The page on which the person chose what comes next; kept while they answer."""
    asked = request.POST.get(BACK) or came_from(request)
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, None)
    return asked if is_ours else settings.LOGIN_REDIRECT_URL


@sensitive_post_parameters()
@never_cache
@open_before(settings.SECOND_FACTOR_URL)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request) -> HttpResponse:
    """The page that asks, for those who were on their way to another page."""
    target = next_address(request)
    form = StepUpForm(request.POST if request.method == "POST" else None, prefix=PREFIX)
    context = {"form": form, "carried": [("next", target)], "action": CONFIRM_URL}
    return _asked(request, form, context) or HttpResponseRedirect(target)
