"""One's own account."""

from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from accounts import person_parts
from accounts.forms.profile import AvatarForm, PreferencesForm
from accounts.http import Request
from accounts.selectors.people import HISTORY_ORDERS, own_profile, sign_in_history
from accounts.services.accounts import change_account
from accounts.services.avatars import change_avatar
from accounts.views.requests import next_address, set_choice
from isme.lib import home, hooks, links
from isme.lib.files import Checked
from isme.lib.http import came_from, page_or_fragment, wants_fragment
from isme.lib.idempotency import OnceForm, once
from isme.lib.outage import StoreAway
from isme.lib.paging import listing
from isme.lib.storage import AWAY


@require_safe
def profile(request: Request) -> HttpResponse:
    history = listing(request, sign_in_history(request.user), orders=HISTORY_ORDERS)
    context: dict[str, object] = {"history": history}
    if not wants_fragment(request):
        hooks.profile_seen(request)
        context |= _profile_context(request, AvatarForm(owner=request.user))
    return page_or_fragment(request, "accounts/profile.html", "accounts/_history.html", context)


def _profile_context(request: Request, avatar_form: AvatarForm) -> dict[str, object]:
    initial = {"language": request.user.language, "theme": request.user.theme}
    return {
        **own_profile(request.user),
        "links": links.of(request.user, request.user),
        "form": PreferencesForm(initial=initial),
        "session": request.reading.snapshot,
        "avatar_form": avatar_form,
        "avatar_remove_form": OnceForm(auto_id=False),
        "person_parts": person_parts.shown(request.user, request.user),
    }


@require_POST
def avatar(request: Request) -> HttpResponse:
    form = AvatarForm(request.POST, request.FILES, owner=request.user)
    if form.is_valid():
        checked = form.cleaned_data["avatar"]
        try:
            return _avatar_changed(request, form, checked, _("Your picture is saved."))
        except StoreAway:
            form.add_error("avatar", str(AWAY))
    history = listing(request, sign_in_history(request.user), orders=HISTORY_ORDERS)
    context = {"history": history, **_profile_context(request, form)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "accounts/profile.html", context, status=status)


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
    home.forget([request.user.pk])
    back = next_address(request) if "next" in request.POST else "/accounts/profile/"
    shown = came_from(request)
    if urlsplit(shown).path == back:  # the same page, as it was filtered and sorted
        back = shown
    response = HttpResponseRedirect(back)
    set_choice(response, settings.LANGUAGE_COOKIE_NAME, chosen["language"])
    set_choice(response, settings.THEME_COOKIE_NAME, chosen["theme"])
    with override(chosen["language"] or None):
        messages.success(request, _("Your choice is saved."))
    return response
