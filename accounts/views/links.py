"""Mailed links: what became of each person's in a batch, sending again, and what was refused."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import rules
from accounts.choices import LinkState
from accounts.http import Request, origin_of
from accounts.models import LinkBatch
from accounts.selectors import links as selectors
from accounts.services.password_links import NOT_ARRIVED, send_again
from accounts.views.people import MOST_SEARCH, crumbs
from accounts.views.step_up import stepped_up
from isme.lib.http import page_or_fragment
from isme.lib.idempotency import OnceForm, once
from isme.lib.paging import Listing, listing, positive
from isme.lib.parts import Tab
from isme.lib.search_form import SearchForm


@require_safe
def refused(request: Request) -> HttpResponse:
    """Mails with links that no server will take: whose, where to, and why. One query, or two."""
    if not rules.can_list_people(request.user):
        raise PermissionDenied
    filters = {"q": request.GET.get("q", "").strip().replace("\0", "")[:MOST_SEARCH]}
    rows, orders = selectors.refused(**filters), selectors.REFUSED_ORDERS
    context = {
        "links": listing(request, rows, orders=orders, filters=filters, is_short=True),
        "filters": filters,
        "form": SearchForm(_("Search by name or e-mail"), initial=filters),
        "crumbs": [*crumbs(), (_("Sheets and links"), reverse("accounts:sheets"))],
    }
    page, fragment = "accounts/links_refused.html", "accounts/_links_refused.html"
    return page_or_fragment(request, page, fragment, context)


def _batch_or_404(request: Request, pk: int) -> LinkBatch:
    """The maker's own. One query."""
    found = selectors.batch_of(request.user, pk)
    if found is None or not rules.can_list_people(request.user):
        raise Http404
    return found


@require_safe
def links(request: Request, pk: int) -> HttpResponse:
    """How far the worker is, and each person's result; asks again by itself until it is over."""
    batch = _batch_or_404(request, pk)
    counts = selectors.counts(batch)
    total = sum(counts.values())
    asked = request.GET.get("state", "")
    state = asked if asked in LinkState.values else ""
    rows = selectors.deliveries(batch, state)
    count = counts.get(state, 0) if state else total
    filters = {"state": state}
    found = listing(request, rows, orders=selectors.ORDERS, filters=filters, count=count)
    context = {
        "batch": batch,
        "people": found,
        "rows": [(row, _may_repeat(row.state)) for row in found.page.object_list],
        "tabs": _tabs(found, counts, total),
        "total": total,
        "done": total - counts.get(LinkState.WAITING, 0),
        "missed": sum(counts.get(state, 0) for state in NOT_ARRIVED),
        "once_form": OnceForm(auto_id=False),
        "crumbs": [*crumbs(), (_("Sheets and links"), reverse("accounts:sheets"))],
    }
    return page_or_fragment(request, "accounts/links.html", "accounts/_links.html", context)


def _may_repeat(state: str) -> bool:
    return state == LinkState.SENT or state in NOT_ARRIVED


def _tabs(found: Listing, counts: dict[str, int], total: int) -> list[Tab]:
    """All, and each state that there is."""
    choices = [("", _("All"), total)]
    choices += [(s.value, str(s.label), counts[s]) for s in LinkState if counts.get(s)]
    return [
        Tab(
            label,
            found.address(state=value, page=""),
            is_open=found.address(state=value) == found.address(),
            count=count,
        )
        for value, label, count in choices
    ]


@require_POST
@stepped_up
def links_again(request: Request, pk: int) -> HttpResponse:
    """Send new links: to one ``person``, or to all whom none reached."""
    batch = _batch_or_404(request, pk)
    person = positive(request.POST.get("person"), 0) or None
    form = OnceForm(request.POST)
    form.is_valid()  # the key's field takes anything
    sent: list[int] = []

    def effect() -> str:
        origin = origin_of(request)
        sent.append(send_again(batch_id=pk, person_id=person, maker=request.user, origin=origin))
        return reverse("accounts:links", args=[batch.pk])

    location = once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    if sent and sent[0]:
        text = ngettext(
            "%(people)s new link is being sent.", "%(people)s new links are being sent.", sent[0]
        )
        messages.success(request, text % {"people": sent[0]})
    return HttpResponseRedirect(location)
