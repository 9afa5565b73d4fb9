"""Telling many people something."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import Request, origin_of
from isme.lib.http import page_or_fragment, wants_fragment
from isme.lib.idempotency import once
from isme.lib.paging import listing
from isme.lib.search_form import SearchForm
from notifications import audiences, rules
from notifications.audiences import Audience
from notifications.forms.broadcast import BroadcastForm
from notifications.models import Broadcast
from notifications.selectors import sent as selectors
from notifications.services import broadcast as services

PAGE = "/notifications/broadcasts/"
ORDERS = {
    "newest": ("-send_at", "-pk"),
    "oldest": ("send_at", "pk"),
    "title": ("title", "pk"),
    "-title": ("-title", "-pk"),
}
MOST_SEARCH = 100
FORM = "notifications/broadcast_new.html"


def _require_office(request: Request) -> None:
    if not rules.can_broadcast(request.user):
        raise PermissionDenied


@require_safe
def broadcast_list(request: Request) -> HttpResponse:
    _require_office(request)
    filters = {"q": request.GET.get("q", "").strip().replace("\0", "")[:MOST_SEARCH]}
    found = listing(request, selectors.broadcasts(**filters), orders=ORDERS, filters=filters)
    context = {
        "broadcasts": found,
        "filters": filters,
        "form": SearchForm(_("Search by title or text"), initial=filters),
    }
    page, fragment = "notifications/broadcasts.html", "notifications/_broadcasts.html"
    return page_or_fragment(request, page, fragment, context)


@require_http_methods(["GET", "HEAD", "POST"])
def broadcast_new(request: Request) -> HttpResponse:
    """Write it, see whom it reaches and how it looks, then send it: the same form twice."""
    _require_office(request)
    if request.method != "POST":
        return render(request, FORM, {"form": BroadcastForm()})
    q = request.POST.get("q", "").strip().replace("\0", "")[:MOST_SEARCH]
    # Enter in another field presses the first button too: then there is nothing to look for.
    if request.POST.get("step") == "find" and (q or wants_fragment(request)):
        return _found(request, q)
    form = BroadcastForm(request.POST)
    if not form.is_valid():
        return render(request, FORM, {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("step") != "send":
        return render(request, FORM, _preview(form))
    return HttpResponseRedirect(_send(request, form))


def _found(request: Request, q: str) -> HttpResponse:
    """The form as it was typed, with what fits ``q``; the fragment has only the latter."""
    typed = request.POST
    initial: dict[str, object] = {name: typed.get(name, "") for name in BroadcastForm.TYPED}
    form = BroadcastForm(
        initial={**initial, "to": typed.getlist("to"), "also": typed.getlist("also")}
    )
    chosen = {option.token for option in form.found}
    results = [option for option in audiences.search(q) if option.token not in chosen] if q else []
    context = {"form": form, "q": q, "results": results}
    return page_or_fragment(request, FORM, "notifications/_broadcast_found.html", context)


def _preview(form: BroadcastForm) -> dict[str, object]:
    audience = Audience()
    for option in form.chosen:
        audience |= option.audience
    return {
        "form": form,
        "preview": form.cleaned_data,
        "to": [option.label for option in form.chosen],
        "number": audience.people().count(),
    }


def _send(request: Request, form: BroadcastForm) -> str:
    values = form.cleaned_data

    def effect() -> str:
        row = services.schedule(
            title=values["title"],
            text=values["text"],
            link=values["link"],
            to=form.chosen,
            send_at=values["send_at"],
            by=request.user.pk,
            origin=origin_of(request),
        )
        return f"{PAGE}{row.pk}/"

    return once(request.user.pk, values["idempotency_key"], effect)


def _broadcast(pk: int) -> Broadcast:
    return get_object_or_404(selectors.broadcasts(), pk=pk)


@require_safe
def broadcast_detail(request: Request, pk: int) -> HttpResponse:
    """The state now; while it goes out the page asks for its progress by itself."""
    _require_office(request)
    row = _broadcast(pk)
    context: dict[str, object] = {
        "broadcast": row,
        "address": f"{PAGE}{pk}/",
        "crumbs": [(_("Broadcasts"), PAGE)],
    }
    if row.notice is not None:
        context |= {
            "notice": row.notice,
            "statistics": selectors.statistics(row.notice),
            "failures": selectors.failures(row.notice),
        }
    page, fragment = "notifications/broadcast.html", "notifications/_statistics.html"
    return page_or_fragment(request, page, fragment, context)


@require_POST
def broadcast_cancel(request: Request, pk: int) -> HttpResponse:
    _require_office(request)
    row = _broadcast(pk)
    done = services.cancel(broadcast_id=row.pk, by=request.user.pk, origin=origin_of(request))
    if done:
        messages.success(request, _("The broadcast is stopped."))
    else:
        messages.error(request, _("There was nothing left to stop."))
    return HttpResponseRedirect(f"{PAGE}{pk}/")
