"""Classes: the office's of a term, or one's own; and who sits in them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academics import notices, rules
from academics.forms.classes import ClassFilterForm, ClassForm, NumbersForm
from academics.models import Class
from academics.selectors import classes as selectors
from academics.selectors.students import numbers_of
from academics.selectors.terms import chosen_term
from academics.services import membership
from academics.services.classes import save_class
from academics.views.deletion import delete_page
from academics.views.edit import (
    FormPage,
    by,
    deed,
    form_response,
    refused_at,
    staff_only,
    submitted,
)
from academics.views.lists import (
    Context,
    List,
    asked,
    give_addresses,
    list_keys,
    list_page,
    own_places,
    shared_list,
    terms_of,
)
from academics.views.offerings import crumbs_of, offering_or_404
from academics.views.seen import seen
from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib import links
from isme.lib.http import wants_fragment
from isme.lib.paging import positive
from isme.lib.search_form import SearchForm
from isme.lib.sheets import Column

CLASSES = List(
    name="kelas",
    heading=gettext_lazy("Classes"),
    template="academics/_classes.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Class"), lambda row: row.name),
        Column(gettext_lazy("Code"), lambda row: row.offering.course.code),
        Column(gettext_lazy("Course"), lambda row: row.offering.course.name),
        Column(gettext_lazy("Term"), lambda row: row.offering.term),
        Column(gettext_lazy("Students"), lambda row: row.size),
        Column(gettext_lazy("Capacity"), lambda row: row.capacity),
    ],
)
BY_SIZE = {"size", "-size"}
LEVELS = {str(level) for level in range(1, 8)}


@require_safe
@hot_keys(list_keys)
def classes(request: Request) -> HttpResponseBase:
    """The list: no query while it is kept; else rows and sizes: 2, and 1 if long."""
    terms = terms_of(request)
    filters = asked(request, "q", "term", "level")
    term = chosen_term(filters["term"], terms)
    filters["term"] = "all" if filters["term"] == "all" or term is None else str(term.pk)
    filters["level"] = filters["level"] if filters["level"] in LEVELS else ""
    everything = rules.can_see_every_class(request.user)
    mine = None if everything else own_places(request).classes
    needs_sizes = request.GET.get("format") == "xlsx" or request.GET.get("sort") in BY_SIZE

    def found() -> QuerySet[Any]:
        wanted = {**filters, "term": "" if filters["term"] == "all" else filters["term"]}
        rows = selectors.filtered(selectors.classes_among(mine), **wanted)
        return selectors.with_sizes(rows) if needs_sizes else rows

    def context(rows: Sequence[Any]) -> Context:
        if not needs_sizes:
            selectors.attach_sizes(rows)
        give_addresses(rows, "academics:class")
        give_term_names(rows)
        values: Context = {"is_filtered": bool(filters["q"] or filters["level"])}
        if not wants_fragment(request):
            values["form"] = ClassFilterForm(terms=terms, initial=filters)
        return values

    if term is not None and not wants_fragment(request):
        seen(request, notices.classes_of_term(term.pk))
    return shared_list(request, CLASSES, found, filters, context, part=mine)


def give_term_names(rows: Sequence[Any]) -> None:
    """Give each class the name of its term, put together once for a term."""
    names: dict[int, str] = {}
    for row in rows:
        term = row.offering.term
        if term.pk not in names:
            names[term.pk] = str(term)
        row.term_name = names[term.pk]


def class_or_404(request: Request, pk: int) -> Class:
    """The class, if the person may see it: 1 query."""
    everything = rules.can_see_every_class(request.user)
    return get_object_or_404(
        selectors.visible_classes(request.user, all_of_them=everything), pk=pk
    )


def _members_list(row: Class, *, with_numbers: bool) -> List:
    columns = [Column(_("Name"), lambda member: member.name)]
    if with_numbers:
        columns.insert(0, Column(_("Username"), lambda member: member.number))
    return List(
        name=f"kelas-{row.pk}",
        heading=str(row),
        template="academics/_class_members.html",
        orders=selectors.MEMBER_ORDERS,
        columns=columns,
    )


@require_safe
def one_class(request: Request, pk: int) -> HttpResponseBase:
    """A class and its students: class, rows, numbers, forum: 4 queries, 3 in place."""
    row = class_or_404(request, pk)
    seen(request, notices.classes_of_term(row.offering.term_id))
    filters = asked(request, "q")
    sees_numbers = rules.can_see_numbers(request.user)

    def context(rows: Sequence[Any]) -> Context:
        numbers = numbers_of([member.student_id for member in rows]) if sees_numbers else {}
        for member in rows:
            member.nim = numbers.get(member.student_id, "")
        manages = rules.can_manage(request.user)
        return {
            "row": row,
            "links": links.of(request.user, row) if not wants_fragment(request) else [],
            "form": SearchForm(_("Search by name or NIM"), initial=filters),
            "heading": f"{row.offering.course.name}: {row.name}",
            "lead": str(row.offering.term),
            "crumbs": [(_("Classes"), reverse("academics:classes"))],
            "sees_numbers": sees_numbers,
            "can_manage": manages,
            "can_change_members": manages and row.group_id is None,
            "new_address": reverse("academics:class_edit", args=[pk]) if manages else "",
            "new_label": _("Change the class"),
            "below_template": "academics/_class_add.html",
            "numbers_form": NumbersForm(),
        }

    what = _members_list(row, with_numbers=sees_numbers)
    return list_page(request, what, selectors.members(row, q=filters["q"]), filters, context)


@require_http_methods(["GET", "HEAD", "POST"])
def class_new(request: Request) -> HttpResponse:
    staff_only(request)
    pk = positive(request.GET.get("offering"), 0)
    if not pk:
        raise Http404
    offering = offering_or_404(pk)
    page = FormPage(
        heading=_("Add a class"),
        submit=_("Save the class"),
        cancel=crumbs_of(offering)[-1][1],
        done=_("The class is saved."),
        crumbs=crumbs_of(offering),
    )
    if request.method != "POST":
        return form_response(request, page, ClassForm(offering))
    form = ClassForm(offering, request.POST, instance=Class(offering=offering))

    def effect() -> str:
        made = save_class(form.instance, by=by(request))
        return reverse("academics:class", args=[made.pk])

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def class_edit(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    row = class_or_404(request, pk)
    back = reverse("academics:class", args=[pk])
    page = FormPage(
        heading=str(row),
        submit=_("Save the class"),
        cancel=back,
        done=_("The class is saved."),
        crumbs=[(_("Classes"), reverse("academics:classes")), (row.name, back)],
        extra={"delete_address": reverse("academics:class_delete", args=[pk])},
    )
    if request.method != "POST":
        return form_response(request, page, ClassForm(row.offering, instance=row))
    form = ClassForm(row.offering, request.POST, instance=row)

    def effect() -> str:
        save_class(form.instance, by=by(request), version=form.seen_version)
        return back

    def again() -> ClassForm:
        return ClassForm(row.offering, instance=Class.objects.get(pk=pk))

    return submitted(request, page, form, effect, again=again)


@require_http_methods(["GET", "HEAD", "POST"])
def class_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    row = class_or_404(request, pk)
    back = reverse("academics:class", args=[pk])
    above = reverse("academics:classes")
    crumbs = [(_("Classes"), above), (row.name, back)]
    return delete_page(request, row, back=back, crumbs=crumbs, away=above)


@require_POST
def class_add(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    row = class_or_404(request, pk)
    back = reverse("academics:class", args=[pk])
    page = FormPage(
        heading=_("Add students to %(name)s") % {"name": row.name},
        submit=_("Add these students"),
        cancel=back,
        done=_("The students are added."),
        crumbs=[(_("Classes"), reverse("academics:classes")), (row.name, back)],
    )
    form = NumbersForm(request.POST)

    def effect() -> str:
        with refused_at("numbers"):
            membership.add_to_class(pk, student_ids=form.cleaned_data["numbers"], by=by(request))
        return back

    return submitted(request, page, form, effect)


@require_POST
def class_remove(request: Request, pk: int, student_id: int) -> HttpResponse:
    staff_only(request)
    class_or_404(request, pk)

    def effect() -> str:
        membership.remove_from_class(pk, student_ids=[student_id], by=by(request))
        return _("The student is no longer in this class.")

    return deed(request, effect, reverse("academics:class", args=[pk]))
