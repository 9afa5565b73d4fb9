"""Large groups, and the board on which they are divided into small ones."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academics import notices, rules
from academics.choices import GroupKind
from academics.errors import AcademicsError
from academics.forms.classes import NumbersForm
from academics.forms.groups import GroupFilterForm, GroupNameForm, LargeGroupForm, MoveForm
from academics.models import StudentGroup
from academics.selectors import groups as selectors
from academics.selectors.terms import chosen_term, term_choices
from academics.services import classes as class_services
from academics.services import grouping, membership, rows
from academics.views.deletion import delete_page
from academics.views.edit import (
    Crumbs,
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
    list_keys,
    own_places,
    shared_list,
    terms_of,
)
from academics.views.seen import seen
from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib.http import wants_fragment
from isme.lib.idempotency import OnceForm, once
from isme.lib.paging import positive
from isme.lib.sheets import Column
from isme.lib.undo import success_with_undo

GROUPS = List(
    name="kelompok",
    heading=gettext_lazy("Groups"),
    template="academics/_groups.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Name"), lambda group: group.name),
        Column(gettext_lazy("Term"), lambda group: group.term),
        Column(gettext_lazy("Study level"), lambda group: group.level),
        Column(gettext_lazy("Kind"), lambda group: group.get_kind_display()),
        Column(gettext_lazy("Students"), lambda group: group.size),
        Column(
            gettext_lazy("Small groups"),
            lambda group: group.parts if group.kind == GroupKind.LARGE else None,
        ),
    ],
)
LONGEST_ADDRESS = 1500  # characters; it waits in a cookie, beside other messages
MOST_ID = 2**63 - 1
LEVELS = {str(level) for level in range(1, 8)}


@require_safe
@hot_keys(list_keys)
def groups(request: Request) -> HttpResponseBase:
    """The list: no query while it is kept; else 1, and 1 if long."""
    terms = terms_of(request)
    filters = asked(request, "q", "term", "level")
    term = chosen_term(filters["term"], terms)
    filters["term"] = "all" if filters["term"] == "all" or term is None else str(term.pk)
    filters["level"] = filters["level"] if filters["level"] in LEVELS else ""
    everything = rules.can_see_every_group(request.user)
    mine = None if everything else own_places(request).groups

    def found() -> QuerySet[Any]:
        wanted = {**filters, "term": "" if filters["term"] == "all" else filters["term"]}
        return selectors.filtered(selectors.groups_among(mine), **wanted)

    def context(_rows: Sequence[Any]) -> Context:
        values: Context = {"is_filtered": bool(filters["q"] or filters["level"])}
        if not wants_fragment(request):
            values["form"] = GroupFilterForm(terms=terms, initial=filters)
        if rules.can_manage(request.user):
            values |= {
                "new_address": reverse("academics:group_new"),
                "new_label": _("Make a large group"),
            }
        return values

    if term is not None and not wants_fragment(request):
        seen(request, notices.groups_of_term(term.pk))
    return shared_list(request, GROUPS, found, filters, context, part=mine)


def group_or_404(request: Request, pk: int) -> StudentGroup:
    """The group, if the person may see it: their own, or any for staff and lecturers."""
    rows = StudentGroup.objects.select_related("term__year", "parent")
    if not rules.can_see_every_group(request.user):
        rows = rows.filter(members__student_id=request.user.pk)
    return get_object_or_404(rows, pk=pk)


def crumbs() -> Crumbs:
    return [(_("Groups"), reverse("academics:groups"))]


@require_safe
def group(request: Request, pk: int) -> HttpResponse:
    """The board of a large group, or one small group: 5 queries, and 1 for the office's NIMs."""
    found = group_or_404(request, pk)
    seen(request, notices.groups_of_term(found.term_id))
    manages = rules.can_manage(request.user)
    columns = selectors.board(found)
    if found.kind == GroupKind.SMALL or not rules.can_see_every_group(request.user):
        columns = [column for column in columns if column.group in {None, found}]
    sees_numbers = rules.can_see_numbers(request.user)
    if sees_numbers:
        selectors.attach_numbers(columns)
    context: dict[str, object] = {
        "group": found,
        "heading": found.name,
        "lead": found.term,
        "crumbs": crumbs(),
        "columns": columns,
        "is_large": found.kind == GroupKind.LARGE,
        "small_groups": [column.group for column in columns if column.group],
        "can_manage": manages,
        "sees_numbers": sees_numbers,
        "dealing": selectors.last_dealing(found) if manages else None,
        "numbers_form": NumbersForm(),
        "move_form": OnceForm(auto_id=False),
    }
    return render(request, "academics/group.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def group_new(request: Request) -> HttpResponse:
    staff_only(request)
    page = FormPage(
        heading=_("Make a large group"),
        submit=_("Make the group"),
        cancel=reverse("academics:groups"),
        done=_("The group is there."),
        crumbs=crumbs(),
    )
    if request.method != "POST":
        term = chosen_term("", term_choices())
        return form_response(request, page, LargeGroupForm(initial={"term": term}))
    form = LargeGroupForm(request.POST)

    def effect() -> str:
        chosen = form.cleaned_data
        made = grouping.make_large_group(
            chosen["term"], level=chosen["level"], name=chosen["name"], by=by(request)
        )
        return reverse("academics:group", args=[made.pk])

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    found = group_or_404(request, pk)
    back = reverse("academics:group", args=[pk])
    page = FormPage(
        heading=found.name,
        submit=_("Save the name"),
        cancel=back,
        done=_("The name is saved."),
        crumbs=[*crumbs(), (found.name, back)],
        extra={"delete_address": reverse("academics:group_delete", args=[pk])},
    )
    if request.method != "POST":
        return form_response(request, page, GroupNameForm(instance=found))
    form = GroupNameForm(request.POST, instance=found)

    def effect() -> str:
        rows.change(form.instance, version=form.seen_version, by=by(request))
        return back

    def again() -> GroupNameForm:
        return GroupNameForm(instance=StudentGroup.objects.get(pk=pk))

    return submitted(request, page, form, effect, again=again)


@require_http_methods(["GET", "HEAD", "POST"])
def group_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    found = group_or_404(request, pk)
    back = reverse("academics:group", args=[pk])
    above = reverse("academics:groups")
    people = found.members.count()
    text = ngettext(
        "%(people)d student loses the place in it, and is told. This can't be undone.",
        "%(people)d students lose their places in it, and are told. This can't be undone.",
        people,
    )
    return delete_page(
        request,
        found,
        back=back,
        crumbs=[*crumbs(), (found.name, back)],
        away=above,
        text=text % {"people": people} if people else "",
        delete=grouping.delete_group,
    )


@require_POST
def group_classes(request: Request, pk: int) -> HttpResponse:
    """A class for each course of the level: in September they are made all at once."""
    staff_only(request)
    found = group_or_404(request, pk)

    def effect() -> str:
        made = class_services.make_classes_of_group(found.pk, by=by(request))
        if not made:
            return _("No course of this level lacks a class in this term.")
        return ngettext(
            "%(made)d class is made; its members are those of this group.",
            "%(made)d classes are made; their members are those of this group.",
            made,
        ) % {"made": made}

    return deed(request, effect, reverse("academics:group", args=[pk]))


@require_POST
def group_add(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    found = group_or_404(request, pk)
    back = reverse("academics:group", args=[pk])
    page = FormPage(
        heading=_("Add students to %(name)s") % {"name": found.name},
        submit=_("Add these students"),
        cancel=back,
        done=_("The students are added."),
        crumbs=[*crumbs(), (found.name, back)],
    )
    form = NumbersForm(request.POST)

    def effect() -> str:
        with refused_at("numbers"):
            membership.add_to_group(pk, student_ids=form.cleaned_data["numbers"], by=by(request))
        return back

    return submitted(request, page, form, effect)


@require_POST
def group_move(request: Request, pk: int) -> HttpResponse:
    """Move students of this large group: the drop on the board, and its twin, the form.

    ``target`` is a small group, or ``out`` takes them out of the large group.
    """
    staff_only(request)
    large = group_or_404(request, pk)
    back = reverse("academics:group", args=[pk])
    students = list(large.members.values_list("student_id", flat=True))
    targets = list(large.small_groups.values_list("pk", flat=True))
    form = MoveForm(students, [0, *targets], request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose students of this group, and where they go."))
        return HttpResponseRedirect(back)
    chosen, target = form.cleaned_data["students"], form.cleaned_data["target"]

    def effect() -> str:
        places = selectors.small_places(large, chosen)
        if target:
            places.pop(target, None)
            moved = membership.move_to_group(target, student_ids=chosen, by=by(request))
        else:
            moved = membership.remove_from_group(pk, student_ids=chosen, by=by(request))
        _tell_moved(request, moved, way_back(pk, target, places))
        return back

    try:
        once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    except AcademicsError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(back)


def way_back(pk: int, target: int, places: Mapping[int, Sequence[int]]) -> str:
    """The address that undoes a move; "" for one too large to be written into an address."""
    words = [("to", target), *(("from", f"{one}:{_listed(ids)}") for one, ids in places.items())]
    address = f"{reverse('academics:group_move_undo', args=[pk])}?{urlencode(words)}"
    return address if len(address) <= LONGEST_ADDRESS else ""


def _listed(ids: Sequence[int]) -> str:
    return ".".join(map(str, ids))


def _tell_moved(request: Request, moved: int, undo: str) -> None:
    if undo and moved:
        success_with_undo(request, _moved(moved), undo)
    else:
        messages.success(request, _moved(moved))


@require_POST
def group_move_undo(request: Request, pk: int) -> HttpResponse:
    """The undo of ``group_move``: whoever is still where they went goes back."""
    staff_only(request)
    large = group_or_404(request, pk)
    try:
        target = int(request.GET.get("to", ""))
        parts = [one.split(":") for one in request.GET.getlist("from")]
        places = {int(one): list(map(int, ids.split("."))) for one, ids in parts}
    except ValueError:
        raise Http404 from None
    if max((target, *places, *(one for ids in places.values() for one in ids))) > MOST_ID:
        raise Http404

    def effect() -> str:
        return _moved(membership.put_back(pk, moved_to=target, places=places, by=by(request)))

    return deed(request, effect, reverse("academics:group", args=[large.pk]))


def _moved(people: int) -> str:
    return ngettext("%(people)d student moved.", "%(people)d students moved.", people) % {
        "people": people
    }


@require_POST
def group_lock(request: Request, pk: int) -> HttpResponse:
    """Lock (``locked`` = 1) or unlock a student (``student``) in the small group ``pk``."""
    staff_only(request)
    small = group_or_404(request, pk)
    student = positive(request.GET.get("student"), 0)
    locked = request.GET.get("locked") == "1"

    def effect() -> str:
        membership.lock_in_group(pk, student_id=student, locked=locked, by=by(request))
        return _("The student stays in this group.") if locked else _("The student may be moved.")

    return deed(request, effect, reverse("academics:group", args=[small.parent_id or pk]))
