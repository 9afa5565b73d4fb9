"""The front door: signing in and out, and the language before anybody signed in."""

from datetime import timedelta
from functools import cache
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.acting import as_oneself
from accounts.choices import Place
from accounts.errors import SecondFactorDue, SignInDelayed, SignInRefused
from accounts.forms.door import SignInForm
from accounts.http import Request
from accounts.services.sessions import Begun
from accounts.services.sign_in import sign_in, sign_out
from accounts.services.throttle import TICKET_SECONDS
from accounts.session import cookie as cookies
from accounts.session import device as devices
from accounts.session import stage as stages
from accounts.session import unsent
from accounts.session.snapshot import Snapshot
from accounts.views.requests import next_address, set_choice, visit_of
from isme.lib.kept import KeptPage
from isme.lib.page import THEMES, build, filled

MINUTE = 60
NEXT_HOLE = "\0next\0"


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: Request) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(next_address(request))
        return _first_page(request)
    return _sign_in(request, SignInForm(request.POST))


def _sign_in(request: Request, form: SignInForm) -> HttpResponse:
    if not form.is_valid():
        return _login_page(request, form)
    remember = form.cleaned_data.pop("remember")
    try:
        cookie = sign_in(**form.cleaned_data, remember=remember, visit=visit_of(request))
    except SignInRefused as refusal:
        form.add_error(None, str(refusal))
        return _login_page(request, form)
    except SecondFactorDue as due:
        return to_second_factor(request, due.stage)
    except SignInDelayed as delay:
        return _delayed_page(request, form, delay)
    return entered(request, Begun(cookie, remember))


def entered(request: Request, begun: Begun) -> HttpResponse:
    """The way in, with the cookies of the new session."""
    rotate_token(request)
    response = HttpResponseRedirect(after(request, begun.cookie.user_id))
    if "drafted" in request.POST:
        unsent.drop(request, response)
    cookies.send(response, begun.cookie, remember=begun.remember)
    devices.send(response, request, begun.cookie.user_id)
    return response


def _why_out(request: Request) -> dict[str, object]:
    """What a device whose cookie shows that it was signed in is told: which other took over."""
    newer = request.reading.displaced_by
    if newer is None:
        return {"displaced_by": None, "was_ended": request.reading.ended is not None}
    place = _("campus network") if newer.place == Place.CAMPUS else _("another network")
    return {"displaced_by": newer, "displaced_place": place, "was_ended": False}


def _first_page(request: Request) -> HttpResponse:
    """The empty form. Nearly everybody sees the same: at eight o'clock all at once."""
    if _known_here(request) is not None or settings.DEBUG:
        return _login_page(request, _first_form(request))
    target = next_address(request) if "next" in request.GET else ""
    page = _kept_form(get_language() or "")
    return HttpResponse(filled(request, page, {NEXT_HOLE: escape(target)}))


@cache
def _kept_form(language: str) -> KeptPage:
    """The empty form in the ``language`` that is active: rendering costs 4 ms, filling 0.1."""
    context = {
        "user": AnonymousUser(),
        "form": SignInForm(),
        "next": SafeString(NEXT_HOLE),
        "here": settings.LOGIN_URL,
        "displaced_by": None,
        "was_ended": False,
    }
    return build("accounts/login.html", context, [])


def _known_here(request: Request) -> Snapshot | None:
    """Who was signed in on this device until somebody else ended that."""
    return request.reading.displaced_by or request.reading.ended


def _first_form(request: Request) -> SignInForm:
    """Empty; who was signed out here finds their name filled in, so that one tap brings it back."""
    known = _known_here(request)
    if known is None:
        return SignInForm()
    form = SignInForm(initial={"login": known.username})
    form.fields["password"].widget.attrs["autofocus"] = True
    return form


def after(request: Request, user_id: int) -> str:
    """Where to go now: to what was sent in vain, unless the browser's own script has it."""
    if "drafted" not in request.POST and unsent.read(request, user_id):
        return reverse("accounts:unsent")
    return next_address(request)


def _login_page(
    request: Request, form: SignInForm, delay: SignInDelayed | None = None
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "next": next_address(request) if "next" in request.GET or "next" in request.POST else "",
        **_why_out(request),
    }
    if delay is None:
        return render(request, "accounts/login.html", context)
    context["delay"] = delay
    # The page tells minutes: rounded up, so that nobody who waits as told comes too early.
    context["retry_at"] = timezone.now() + timedelta(seconds=delay.seconds + MINUTE - 1)
    context["busy"] = delay.status == HTTPStatus.SERVICE_UNAVAILABLE
    template = "accounts/waiting.html" if delay.ticket else "accounts/login.html"
    return render(request, template, context, status=delay.status)


def to_second_factor(request: Request, stage: str) -> HttpResponse:
    """The way to the second page, with the cookie that remembers the first."""
    target = next_address(request)
    response = HttpResponseRedirect(
        f"{settings.LOGIN_URL}second-factor/?{urlencode({'next': target})}"
    )
    stages.send(response, stage)
    if "drafted" in request.POST:
        unsent.drop(request, response)
    return response


def _delayed_page(request: Request, form: SignInForm, delay: SignInDelayed) -> HttpResponse:
    """The form again, with the name and without the password, and when to come back."""
    response = _login_page(request, form, delay)
    response["Retry-After"] = str(delay.seconds)
    if delay.ticket:
        response.set_cookie(
            settings.TICKET_COOKIE_NAME,
            delay.ticket,
            max_age=TICKET_SECONDS,
            path=settings.LOGIN_URL,
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )
    return response


@as_oneself
@require_POST
@login_not_required
def logout(request: Request) -> HttpResponse:
    cookie = cookies.read(request)
    if cookie is not None and request.user.is_authenticated:
        sign_out(cookie=cookie, visit=visit_of(request))
    messages.info(request, _("You are signed out."))
    response = redirect("accounts:login")
    cookies.clear(response)
    return response


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """Language or theme of this browser, before anybody signs in; back to the same page."""
    response = HttpResponseRedirect(_same_page(request))
    if (chosen := request.POST.get("language")) in dict(settings.LANGUAGES):
        set_choice(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    if (chosen := request.POST.get("theme")) in {"", *THEMES}:
        set_choice(response, settings.THEME_COOKIE_NAME, chosen)
    return response


def _same_page(request: HttpRequest) -> str:
    """The page at the door that asked, with where one wanted to go."""
    here = request.POST.get("here", "")
    safe = url_has_allowed_host_and_scheme(here, allowed_hosts=None)
    page = here if safe and here.startswith("/") else settings.LOGIN_URL
    target = request.POST.get("next") and next_address(request)
    return f"{page}?{urlencode({'next': target})}" if target else page
