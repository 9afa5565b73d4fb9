"""Veterans: who they are, making somebody one, and the end of it."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academics.choices import VeteranStatus
from academics.forms.veterans import VeteranFilterForm, VeteranForm, VeteranLevelsForm
from academics.models import VeteranRecord
from academics.selectors import veteran_figures
from academics.selectors import veterans as selectors
from academics.services import veterans as services
from academics.views.edit import FormPage, by, deed, form_response, staff_only, submitted
from academics.views.lists import Context, List, asked, give_addresses, list_page
from accounts.http import Request
from isme.lib.exports import LISTS, refusal
from isme.lib.http import wants_fragment
from isme.lib.sheets import Column, workbook

VETERANS = List(
    name="veteran",
    heading=gettext_lazy("Veterans"),
    template="academics/_veterans.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Name"), lambda record: record.name),
        Column(gettext_lazy("Status"), lambda record: record.get_status_display()),
        Column(gettext_lazy("Study level"), lambda record: record.student.level),
        Column(
            gettext_lazy("Levels in which the veteran sits"),
            lambda record: ", ".join(str(row.level) for row in record.levels.all()),
        ),
        Column(gettext_lazy("Terms as a veteran"), lambda record: record.terms),
        Column(gettext_lazy("Note"), lambda record: record.note),
    ],
)
FIGURES = [
    Column(gettext_lazy("Intake year"), lambda row: row.intake_year),
    Column(gettext_lazy("Study level"), lambda row: row.level),
    Column(gettext_lazy("Active students"), lambda row: row.students),
    Column(gettext_lazy("Not veterans"), lambda row: row.others),
    Column(gettext_lazy("Veterans"), lambda row: row.active),
    Column(gettext_lazy("Veterans from the next term on"), lambda row: row.pending),
    Column(gettext_lazy("Finished as veterans"), lambda row: row.completed),
]


@require_safe
def veterans(request: Request) -> HttpResponseBase:
    """The list: rows, levels: 2 queries; 1 more for more than a page, 1 for the figures."""
    staff_only(request)
    if request.GET.get("figures") == "xlsx":
        refused = refusal(request, LISTS)
        return refused or workbook("angka-veteran", FIGURES, veteran_figures.by_year_and_level())
    filters = asked(request, "q", "status")
    if filters["status"] not in VeteranStatus.values:
        filters["status"] = ""

    def context(rows: Sequence[Any]) -> Context:
        give_addresses(rows, "academics:veteran")
        _attach_words(rows)
        values: Context = {
            "form": VeteranFilterForm(initial=filters),
            "new_address": reverse("academics:veteran_new"),
            "new_label": _("Add a veteran"),
        }
        return values if wants_fragment(request) else values | _figures()

    return list_page(request, VETERANS, selectors.veterans(**filters), filters, context)


def _figures() -> Context:
    """How many there are beside the others, whatever the list is filtered by. 1 query."""
    rows = veteran_figures.by_year_and_level()
    return {
        "below_template": "academics/_veteran_figures.html",
        "total": veteran_figures.total(rows),
        "by_year": veteran_figures.by_year(rows),
        "by_level": veteran_figures.by_level(rows),
        "figures_address": f"{reverse('academics:veterans')}?figures=xlsx",
    }


def _attach_words(rows: Sequence[Any]) -> None:
    """Give each veteran ``status_name``, ``levels_text``, and what ends it: ``end_name`` or ""."""
    statuses = {value: str(label) for value, label in VeteranStatus.choices}
    ends = {VeteranStatus.PENDING: _("Not a veteran after all"), VeteranStatus.ACTIVE: _("Finish")}
    for row in rows:
        row.status_name = statuses[row.status]
        row.end_name = ends.get(row.status, "")
        own = row.student.level
        others = [also.level for also in row.levels.all() if also.level != own]
        row.levels_text = ", ".join(str(level) for level in (own, *others))


@require_http_methods(["GET", "HEAD", "POST"])
def veteran_new(request: Request) -> HttpResponse:
    staff_only(request)
    back = reverse("academics:veterans")
    page = FormPage(
        heading=_("Who becomes a veteran?"),
        submit=_("Make them veterans"),
        cancel=back,
        done=_("They are veterans from the next promotion on."),
        crumbs=[(_("Veterans"), back)],
    )
    if request.method != "POST":
        return form_response(request, page, VeteranForm())
    form = VeteranForm(request.POST)

    def effect() -> str:
        for student_id in form.cleaned_data["numbers"]:
            services.mark(student_id, by=by(request), note_text=form.cleaned_data["note"])
        return back

    return submitted(request, page, form, effect)


def _levels_of(record: VeteranRecord) -> list[int]:
    return sorted(record.levels.values_list("level", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
def veteran(request: Request, pk: int) -> HttpResponse:
    """One veteran: status, levels and note to change, and what happened. 3 queries."""
    staff_only(request)
    record = selectors.record(pk)
    if record is None:
        raise Http404
    name = record.student.user.name
    back = reverse("academics:veterans")
    page = FormPage(
        heading=name,
        submit=_("Save"),
        cancel=back,
        done=_("It is saved."),
        crumbs=[(_("Veterans"), back)],
        template="academics/veteran.html",
        extra={
            "record": record,
            "lead": record.get_status_display(),
            "history": selectors.history(pk),
            "is_live": record.status in services.LIVE,
        },
    )
    if request.method != "POST":
        levels = _levels_of(record)
        seen = ",".join(str(level) for level in levels)
        initial = {"levels": levels, "note": record.note, "seen": seen}
        return form_response(request, page, VeteranLevelsForm(initial=initial))
    form = VeteranLevelsForm(request.POST)

    def effect() -> str:
        services.change(
            pk,
            levels=form.cleaned_data["levels"],
            note_text=form.cleaned_data["note"],
            seen=form.cleaned_data["seen"],
            by=by(request),
        )
        return reverse("academics:veteran", args=[pk])

    return submitted(request, page, form, effect)


@require_POST
def veteran_remove(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    get_object_or_404(VeteranRecord, pk=pk)

    def effect() -> str:
        services.remove(pk, by=by(request))
        return _("That was the end of it.")

    return deed(request, effect, reverse("academics:veterans"))
