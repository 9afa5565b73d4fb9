"""Fields of medicine: the office keeps the list, and what each lecturer knows of it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academics.forms.expertise import (
    ExpertiseForm,
    LecturerExpertiseForm,
    MergeForm,
)
from academics.models import Expertise
from academics.selectors import expertise as selectors
from academics.services import expertise as services
from academics.views.deletion import delete_page
from academics.views.edit import Crumbs, FormPage, by, form_response, staff_only, submitted
from academics.views.lists import Context, List, asked, list_page
from accounts.http import Request
from accounts.models import LecturerProfile
from isme.lib.http import wants_fragment
from isme.lib.search_form import SearchForm
from isme.lib.sheets import Column

EXPERTISES = List(
    name="keahlian",
    heading=gettext_lazy("Expertise"),
    template="academics/_expertises.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Name"), lambda row: row.name),
        Column(gettext_lazy("Lecturers"), lambda row: row.lecturers),
        Column(gettext_lazy("Courses"), lambda row: row.courses),
    ],
)


def _address(pk: int | None = None) -> str:
    if pk is None:
        return reverse("academics:expertises")
    return reverse("academics:expertise", args=[pk])


def _crumbs(row: Expertise | None = None) -> Crumbs:
    found = [(_("Expertise"), _address())]
    return [*found, (row.name, _address(row.pk))] if row else found


@require_safe
def expertises(request: Request) -> HttpResponseBase:
    """The list: rows: 1 query; 1 more for more than a page."""
    staff_only(request)
    filters = asked(request, "q")

    def context(_rows: Sequence[Any]) -> Context:
        return {
            "form": SearchForm(_("Search by name"), initial=filters),
            "lead": _("What lecturers know and courses ask for."),
            "new_address": reverse("academics:expertise_new"),
            "new_label": _("Add an expertise"),
        }

    return list_page(request, EXPERTISES, selectors.expertises(**filters), filters, context)


@require_safe
def expertise(request: Request, pk: int) -> HttpResponseBase:
    """Who has it: the row, rows, and for the whole page the courses: 3 queries; 1 more when long."""
    staff_only(request)
    row = get_object_or_404(Expertise, pk=pk)
    filters = asked(request, "q")
    what = List(
        name=f"keahlian-{pk}",
        heading=row.name,
        template="academics/_expertise_lecturers.html",
        orders=selectors.HOLDER_ORDERS,
        columns=[
            Column(_("Name"), lambda lecturer: lecturer.name),
            Column(_("Main role"), lambda lecturer: lecturer.get_main_role_display()),
            Column(_("Expertise"), lambda lecturer: "x" if lecturer.expert else ""),
            Column(_("Competence"), lambda lecturer: "x" if lecturer.competent else ""),
        ],
    )

    def context(_rows: Sequence[Any]) -> Context:
        values: Context = {
            "row": row,
            "form": SearchForm(_("Search by name"), initial=filters),
            "crumbs": _crumbs(),
            "new_address": reverse("academics:expertise_edit", args=[pk]),
            "new_label": _("Change the expertise"),
            "new_icon": "edit",
        }
        if not wants_fragment(request):
            values |= {
                "courses": selectors.courses_asking(pk),
                "below_template": "academics/_expertise_courses.html",
            }
        return values

    return list_page(request, what, selectors.holders(pk, **filters), filters, context)


@require_http_methods(["GET", "HEAD", "POST"])
def expertise_new(request: Request) -> HttpResponse:
    staff_only(request)
    page = FormPage(
        heading=_("Add an expertise"),
        submit=_("Save the expertise"),
        cancel=_address(),
        done=_("The expertise is saved."),
        crumbs=_crumbs(),
    )
    if request.method != "POST":
        return form_response(request, page, ExpertiseForm())
    form = ExpertiseForm(request.POST)
    return submitted(
        request,
        page,
        form,
        lambda: _address(services.save(form.instance, by=by(request)).pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def expertise_edit(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    row = get_object_or_404(Expertise, pk=pk)
    page = FormPage(
        heading=row.name,
        submit=_("Save the expertise"),
        cancel=_address(pk),
        done=_("The expertise is saved."),
        crumbs=_crumbs(row),
        extra={
            "delete_address": reverse("academics:expertise_delete", args=[pk]),
            "other_address": reverse("academics:expertise_merge", args=[pk]),
            "other_label": _("Merge into another"),
        },
    )
    if request.method != "POST":
        return form_response(request, page, ExpertiseForm(instance=row))
    form = ExpertiseForm(request.POST, instance=row)

    def effect() -> str:
        services.save(form.instance, version=form.seen_version, by=by(request))
        return _address(pk)

    def again() -> ExpertiseForm:
        return ExpertiseForm(instance=Expertise.objects.get(pk=pk))

    return submitted(request, page, form, effect, again=again)


@require_http_methods(["GET", "HEAD", "POST"])
def expertise_merge(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    row = get_object_or_404(Expertise, pk=pk)
    page = FormPage(
        heading=_("Merge “%(name)s” into another") % {"name": row.name},
        submit=_("Merge"),
        cancel=_address(pk),
        done=_("They are one now."),
        crumbs=_crumbs(row),
        extra={"lead": _("Its lecturers and courses get the other one, and this one is deleted.")},
    )
    if request.method != "POST":
        return form_response(request, page, MergeForm(row))
    form = MergeForm(row, request.POST)

    def effect() -> str:
        return _address(services.merge(pk, form.cleaned_data["target"].pk, by=by(request)).pk)

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def expertise_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    row = get_object_or_404(Expertise, pk=pk)
    return delete_page(request, row, back=_address(pk), crumbs=_crumbs(row), away=_address())


@require_http_methods(["GET", "HEAD", "POST"])
def lecturer_expertise(request: Request, pk: int) -> HttpResponse:
    """What one lecturer knows."""
    staff_only(request)
    lecturer = get_object_or_404(LecturerProfile.objects.select_related("user"), pk=pk)
    person = reverse("accounts:person", args=[pk])
    page = FormPage(
        heading=_("What %(name)s knows") % {"name": lecturer.user.name},
        submit=_("Save"),
        cancel=person,
        done=_("It is saved."),
        crumbs=[(lecturer.user.name, person)],
        extra={"known_names": selectors.names()},
    )
    if request.method != "POST":
        card = selectors.of_lecturer(pk)
        initial = {"expertises": card["expertise"], "competences": card["competence"]}
        return form_response(request, page, LecturerExpertiseForm(initial=initial))
    form = LecturerExpertiseForm(request.POST)

    def effect() -> str:
        services.set_of_lecturer(
            pk,
            expertises=form.cleaned_data["expertises"],
            competences=form.cleaned_data["competences"],
            by=by(request),
        )
        return person

    return submitted(request, page, form, effect)
