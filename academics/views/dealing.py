"""Dealing a large group into small ones: look first, then keep, and undo."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academics.errors import AcademicsError
from academics.forms.groups import DealForm
from academics.models import GroupingRun
from academics.selectors.groups import proposed
from academics.services import grouping
from academics.views.edit import by, deed, staff_only
from academics.views.groups import crumbs, group_or_404
from accounts.http import Request
from isme.lib.idempotency import once
from isme.lib.undo import success_with_undo

PEOPLE_PER_GROUP = 12


@require_http_methods(["GET", "HEAD", "POST"])
def deal(request: Request, pk: int) -> HttpResponse:
    """The preview for ``groups`` and ``seed`` of the address (GET); the same kept (POST)."""
    staff_only(request)
    large = group_or_404(request, pk)
    back = reverse("academics:group", args=[pk])
    cards = grouping.cards_of(large)
    asked = {
        "groups": request.GET.get("groups") or max(1, -(-len(cards) // PEOPLE_PER_GROUP)),
        "seed": request.GET.get("seed") or pk,
    }
    form = DealForm(request.POST if request.method == "POST" else asked)
    context: dict[str, object] = {
        "group": large,
        "heading": _("Deal %(name)s into small groups") % {"name": large.name},
        "crumbs": [*crumbs(), (large.name, back)],
        "form": form,
        "people": len(cards),
    }
    if form.is_valid():
        groups, seed = form.cleaned_data["groups"], form.cleaned_data["seed"] or 0
        if request.method == "POST":
            return _kept(request, form, pk, back)
        wanted = grouping.proposal(large, groups=groups, seed=seed)
        context["figures"] = proposed(wanted, cards, groups)
        keep = {"groups": groups, "seed": seed, "version": grouping.state_of(large)}
        context["keep_form"] = DealForm(initial=keep, auto_id=False)
    return render(request, "academics/deal.html", context)


def _kept(request: Request, form: DealForm, pk: int, back: str) -> HttpResponse:
    chosen = form.cleaned_data

    def effect() -> str:
        run = grouping.deal_groups(
            pk,
            groups=chosen["groups"],
            seed=chosen["seed"] or 0,
            version=chosen["version"] or 0,
            by=by(request),
        )
        undo = reverse("academics:deal_undo", args=[run.pk])
        success_with_undo(request, _("The small groups are dealt."), undo)
        return back

    try:
        once(request.user.pk, chosen["idempotency_key"], effect)
    except AcademicsError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("academics:deal", args=[pk]))
    return HttpResponseRedirect(back)


@require_POST
def deal_undo(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    run = get_object_or_404(GroupingRun, pk=pk)

    def effect() -> str:
        grouping.undo_dealing(pk, by=by(request))
        return _("Everybody is back where they were.")

    return deed(request, effect, reverse("academics:group", args=[run.large_group_id]))
