"""Passwords for many: choose whom and how, confirm, watch the worker, fetch the printed sheet."""

from functools import partial
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rules
from accounts.forms.sheets import MAIL, SheetForm
from accounts.http import Request, origin_of
from accounts.models import User
from accounts.selectors import links
from accounts.selectors import sheets as selectors
from accounts.selectors.people_list import Asked
from accounts.services import password_sheets as services
from accounts.services.password_links import order_links
from accounts.views.people import asked_of, crumbs
from accounts.views.step_up import stepped_up
from isme.lib.http import page_or_fragment
from isme.lib.idempotency import once
from isme.lib.keys import row_key


@require_safe
def sheets(request: Request) -> HttpResponse:
    if not rules.can_list_people(request.user):
        raise PermissionDenied
    context = {
        "sheets": selectors.sheets_of(request.user),
        "batches": links.batches_of(request.user),
        "refused": links.refused().count(),
        "crumbs": crumbs(),
    }
    return render(request, "accounts/sheets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@stepped_up
def sheet_new(request: Request) -> HttpResponse:
    """Confirm and order: what was ticked (``pk``) or all of the list (``all=1`` and filters)."""
    if not rules.can_list_people(request.user):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    form = SheetForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _confirm_page(request, form, given)
    chosen = _chosen(request, given, only_new=form.cleaned_data["only_new"])
    refusal = _refusal(len(chosen))
    if refusal:
        form.add_error(None, refusal)
        return _confirm_page(request, form, given)

    def effect() -> str:
        return _ordered(request, chosen, form.cleaned_data["how"])

    location = once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    return HttpResponseRedirect(location)


def _ordered(request: Request, chosen: list[int], how: str) -> str:
    """Where the worker can be watched."""
    maker, origin = request.user, origin_of(request)
    if how == MAIL:
        language = get_language() or ""
        batch = order_links(people=chosen, maker=maker, language=language, origin=origin)
        return reverse("accounts:links", args=[batch.pk])
    sheet = services.order_sheet(people=chosen, maker=maker, origin=origin)
    return reverse("accounts:sheet", args=[sheet.pk])


def _candidates(request: Request, given: QueryDict, asked: Asked) -> "partial[QuerySet[User]]":
    """Asked with ``only_new``, which may be more than once: those who could get a password."""
    pks = None
    if not given.get("all"):
        ticked = given.getlist("pk")[: services.MOST_PEOPLE + 1]
        pks = [pk for pk in map(row_key, ticked) if pk is not None]
    return partial(selectors.candidates, request.user, pks=pks, asked=asked)


def _chosen(request: Request, given: QueryDict, *, only_new: bool) -> list[int]:
    """The keys of those who get a password, one more than are served if there are more."""
    found = _candidates(request, given, asked_of(given))(only_new=only_new)
    return list(found.order_by("pk").values_list("pk", flat=True)[: services.MOST_PEOPLE + 1])


def _refusal(number: int) -> str:
    if number == 0:
        return _("Nobody is left who could get a password: choose other people.")
    if number > services.MOST_PEOPLE:
        text = ngettext(
            "At most %(most)s person at once. Narrow the filters first.",
            "At most %(most)s people at once. Narrow the filters first.",
            services.MOST_PEOPLE,
        )
        return text % {"most": localize(services.MOST_PEOPLE)}
    return ""


def _confirm_page(request: Request, form: SheetForm, given: QueryDict) -> HttpResponse:
    asked = asked_of(given)
    candidates = _candidates(request, given, asked)
    kept = [("all", "1"), *asked.filters.items()] if given.get("all") else []
    kept += [("pk", pk) for pk in given.getlist("pk")] if not given.get("all") else []
    context = {
        "form": form,
        "kept": [(name, value) for name, value in kept if value],
        "everybody": candidates(only_new=False).count(),
        "fresh": candidates(only_new=True).count(),
        "reachable": links.with_address(candidates(only_new=False)),
        "crumbs": crumbs(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/sheet_new.html", context, status=status)


@require_safe
def sheet(request: Request, pk: int) -> HttpResponse:
    """How far the worker is, and the file; the page asks again by itself until it is over."""
    found = selectors.sheet_of(request.user, pk)
    if found is None or not rules.can_list_people(request.user):
        raise Http404
    context = {"sheet": found, "crumbs": crumbs()}
    return page_or_fragment(request, "accounts/sheet.html", "accounts/_sheet.html", context)
