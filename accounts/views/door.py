"""The front door, and one's own account."""

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors
from accounts.errors import SignInDelayed, SignInRefused
from accounts.forms import AvatarForm, PreferencesForm, SignInForm
from accounts.http import Request
from accounts.services.accounts import change_account
from accounts.services.avatars import change_avatar
from accounts.services.sign_in import Visit, sign_in, sign_out
from accounts.services.throttle import TICKET_SECONDS
from accounts.session import cookie as cookies
from accounts.session import device as devices
from isme.lib.files import Checked
from isme.lib.http import client_ip, device_of, page_or_fragment, place_of, wants_fragment
from isme.lib.idempotency import OnceForm, once
from isme.lib.page import forget, home_key
from isme.lib.paging import listing

MINUTE = 60
COOKIE_YEAR = 365 * 24 * 60 * 60
HISTORY_ORDERS = {"newest": ("-at", "-id"), "oldest": ("at", "id")}


def _visit(request: HttpRequest) -> Visit:
    return Visit(
        device=device_of(request),
        place=place_of(request),
        address=client_ip(request),
        known=devices.read(request),
        ticket=request.COOKIES.get(settings.TICKET_COOKIE_NAME, ""),
    )


def _next(request: HttpRequest) -> str:
    """Where to go after signing in; only within this site."""
    target = request.POST.get("next", request.GET.get("next", ""))
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith("/") else settings.LOGIN_REDIRECT_URL


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: Request) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_next(request))
        return _login_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form)
    remember = form.cleaned_data.pop("remember")
    try:
        cookie = sign_in(**form.cleaned_data, remember=remember, visit=_visit(request))
    except SignInRefused as refusal:
        form.add_error(None, str(refusal))
        return _login_page(request, form)
    except SignInDelayed as delay:
        return _delayed_page(request, form, delay)
    rotate_token(request)
    response = HttpResponseRedirect(_next(request))
    cookies.send(response, cookie, remember=remember)
    devices.send(response, request, cookie.user_id)
    return response


def _login_page(
    request: Request, form: SignInForm, delay: SignInDelayed | None = None
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "next": _next(request) if "next" in request.GET or "next" in request.POST else "",
        "displaced_by": request.reading.displaced_by,
    }
    if delay is None:
        return render(request, "accounts/login.html", context)
    context["delay"] = delay
    # The page tells minutes: rounded up, so that nobody who waits as told comes too early.
    context["retry_at"] = timezone.now() + timedelta(seconds=delay.seconds + MINUTE - 1)
    context["busy"] = delay.status == HTTPStatus.SERVICE_UNAVAILABLE
    template = "accounts/waiting.html" if delay.ticket else "accounts/login.html"
    return render(request, template, context, status=delay.status)


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


@require_POST
@login_not_required
def logout(request: Request) -> HttpResponse:
    cookie = cookies.read(request)
    if cookie is not None and request.user.is_authenticated:
        sign_out(cookie=cookie, visit=_visit(request))
    messages.info(request, _("You are signed out."))
    response = redirect("accounts:login")
    cookies.clear(response)
    return response


@require_safe
def profile(request: Request) -> HttpResponse:
    history = listing(request, selectors.sign_in_history(request.user), orders=HISTORY_ORDERS)
    context: dict[str, object] = {"history": history}
    if not wants_fragment(request):
        context |= _profile_context(request, AvatarForm())
    return page_or_fragment(request, "accounts/profile.html", "accounts/_history.html", context)


def _profile_context(request: Request, avatar_form: AvatarForm) -> dict[str, object]:
    initial = {"language": request.user.language, "theme": request.user.theme}
    return {
        **selectors.own_profile(request.user),
        "form": PreferencesForm(initial=initial),
        "session": request.reading.snapshot,
        "avatar_form": avatar_form,
        "avatar_remove_form": OnceForm(auto_id=False),
    }


@require_POST
def avatar(request: Request) -> HttpResponse:
    form = AvatarForm(request.POST, request.FILES)
    if not form.is_valid():
        history = listing(request, selectors.sign_in_history(request.user), orders=HISTORY_ORDERS)
        context = {"history": history, **_profile_context(request, form)}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "accounts/profile.html", context, status=status)
    checked = form.cleaned_data["avatar"]
    return _avatar_changed(request, form, checked, _("Your picture is saved."))


@require_POST
def avatar_remove(request: Request) -> HttpResponse:
    return _avatar_changed(request, OnceForm(request.POST), None, _("Your picture is removed."))


def _avatar_changed(
    request: Request, form: OnceForm, picture: Checked | None, done: str
) -> HttpResponse:
    user_id = request.user.pk

    def effect() -> str:
        change_avatar(user_id=user_id, picture=picture)
        return reverse("accounts:profile")

    form.is_valid()  # the key's field takes anything
    location = once(user_id, form.cleaned_data["idempotency_key"], effect)
    messages.success(request, done)
    return HttpResponseRedirect(location)


@require_POST
def preferences(request: Request) -> HttpResponse:
    """Keep language and theme with the account, and tell this browser by its cookies."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the offered languages and appearances."))
        return redirect("accounts:profile")
    chosen = form.cleaned_data
    change_account(user_id=request.user.pk, changes=chosen)
    for language, _name in settings.LANGUAGES:
        forget(home_key(request.user.pk, language))
    back = _next(request) if "next" in request.POST else "/accounts/profile/"
    response = HttpResponseRedirect(back)
    _set_choice(response, settings.LANGUAGE_COOKIE_NAME, chosen["language"])
    _set_choice(response, settings.THEME_COOKIE_NAME, chosen["theme"])
    with override(chosen["language"] or None):
        messages.success(request, _("Your choice is saved."))
    return response


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """The language of this browser, before anybody signs in."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(settings.LOGIN_URL)
    if chosen in dict(settings.LANGUAGES):
        _set_choice(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


def _set_choice(response: HttpResponse, name: str, value: str) -> None:
    if value:
        response.set_cookie(
            name, value, max_age=COOKIE_YEAR, samesite="Lax", secure=settings.SECURE_COOKIES
        )
    else:
        response.delete_cookie(name)
