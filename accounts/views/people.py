"""The people of the faculty, for staff: find, see, create and edit them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import among, person_parts, rules
from accounts.choices import Role
from accounts.errors import EditedMeanwhile, FieldRefused, NotAllowed
from accounts.forms.people import FilterForm, PersonForm
from accounts.http import Request, origin_of
from accounts.middleware import hot_keys
from accounts.models import User
from accounts.selectors import people_counts, people_list, person_page
from accounts.selectors.people import HISTORY_ORDERS
from accounts.selectors.people_list import Asked
from accounts.services import identifiers
from accounts.services import people as services
from accounts.services.accounts import PEOPLE
from accounts.session import presence
from accounts.views.people_rows import attach_words
from accounts.views.step_up import asked_about_role
from isme.lib import versions
from isme.lib.http import page_or_fragment, wants_fragment
from isme.lib.idempotency import OnceForm, once
from isme.lib.paging import Listing, listing
from isme.lib.parts import Tab
from isme.lib.replica import late, may_lag

FILTERS = ("q", "role", "status", "among")
TO_ROLE = "to_role"  # the button that shows the form of another role, with what was typed
ROLES_IN_ORDER = (Role.STUDENT, Role.LECTURER, Role.OFFICE, Role.SUPER_ADMIN)
MOST_SEARCH = 100


def asked_of(given: QueryDict) -> Asked:
    """What the list was asked for; what it doesn't know counts as not asked.

    Looks the set up, once for all that is done with the list; no query without one.
    """
    filters = {name: given.get(name, "").strip()[:MOST_SEARCH] for name in FILTERS}
    if filters["role"] not in Role.values:
        filters["role"] = ""
    if filters["status"] not in people_list.STATUSES:
        filters["status"] = ""
    narrower = among.found(filters["among"])
    if narrower is None:
        filters["among"] = ""
    return Asked(filters, narrower)


def _hot(_user_id: int, _language: str) -> list[str]:
    return [people_counts.KEY, versions.key(PEOPLE)]


@may_lag
@require_safe
@hot_keys(_hot)
def people(request: Request) -> HttpResponse:
    """The list. Warm: 3 queries; a search looks at each word (1); a set is looked up once.

    The whole page asks one more: who is on now.
    """
    if not rules.can_list_people(request.user):
        raise PermissionDenied
    asked = asked_of(request.GET)
    filters, counts = asked.filters, _counts(request)
    found = late(asked.people())
    number = _number(filters, counts)
    page = listing(
        request,
        found.values_list("pk", flat=True),
        orders=people_list.ORDERS,
        filters=filters,
        count=number,
        most=people_list.MOST_COUNTED if number is None else None,
    )
    rows = people_list.page_of(list(page.page.object_list))
    attach_words(rows)
    context: dict[str, object] = {
        "people": page,
        "rows": rows,
        "filters": filters,
        "is_more": page.is_cut,
    }
    if not wants_fragment(request):
        context |= {
            "filter_form": FilterForm(initial=filters),
            "tabs": _tabs(page, counts),
            "among": asked.among,
            "all_address": page.address(page="", per_page="", sort="", all=1),
            "on_now": len(presence.online()),
            "export_address": reverse("accounts:people_export")
            + page.address(page="", per_page=""),
        }
    return page_or_fragment(request, "accounts/people.html", "accounts/_people.html", context)


def _counts(request: Request) -> people_counts.Counts:
    hot = request.reading.hot
    word = hot.get(versions.key(PEOPLE))
    version = word.decode() if word else versions.establish(PEOPLE)
    return people_counts.counts(hot.get(people_counts.KEY), version)


def _number(filters: dict[str, str], counts: people_counts.Counts) -> int | None:
    """How many the list holds, if that is known without looking for them."""
    if (
        filters["q"]
        or filters["among"]
        or filters["status"] in {people_list.WAITING, people_list.ONLINE}
    ):
        return None
    return people_counts.total(counts, role=filters["role"], status=filters["status"])


def _tabs(found: Listing, counts: people_counts.Counts) -> list[Tab]:
    """One tab for each role, with the other filters and the order kept."""
    choices: list[tuple[str, Any]] = [("", _("All"))]
    choices += [(role.value, role.label) for role in ROLES_IN_ORDER]
    return [
        Tab(
            label,
            found.address(role=value, page=""),
            is_open=found.address(role=value) == found.address(),
            count=people_counts.total(counts, role=value, status=""),
        )
        for value, label in choices
    ]


def crumbs(found: User | None = None) -> list[tuple[str, str]]:
    """The way up: to the list, and from a form to its person."""
    way = [(_("People"), reverse("accounts:people"))]
    if found is not None:
        way.append((found.name, reverse("accounts:person", args=[found.pk])))
    return way


def person_or_404(request: Request, pk: int) -> User:
    """The person, if the one who asks may see them. One query."""
    person = person_page.person(pk)
    if person is None or not rules.can_see(request.user, person):
        raise Http404
    return person


@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    history = listing(request, person_page.history(found), orders=HISTORY_ORDERS)
    context: dict[str, object] = {"person": found, "history": history}
    if not wants_fragment(request):
        context |= person_page.facts(found, for_audit=rules.can_read_audit(request.user))
        context |= {
            "may": _may(request.user, found),
            "once_form": OnceForm(auto_id=False),
            "crumbs": crumbs(),
            "person_parts": person_parts.shown(request.user, found),
        }
    return page_or_fragment(request, "accounts/person.html", "accounts/_history.html", context)


def _may(actor: User, found: User) -> dict[str, bool]:
    """What the page offers to ``actor``."""
    return {
        "edit": rules.can_edit(actor, found),
        "deactivate": found.is_active and rules.can_deactivate(actor, found),
        "restore": not found.is_active and rules.can_restore(actor, found),
        "end_session": rules.can_end_session(actor, found),
        "issue_password": found.is_active and rules.can_issue_password(actor, found),
        "reset_second_factor": rules.can_reset_second_factor(actor, found),
        "erase": rules.can_erase(actor, found),
        "act_as": rules.can_act_as(actor, found),
        "read_audit": rules.can_read_audit(actor),
    }


def _role_of(request: Request, otherwise: str) -> str:
    """The role that the form is for: what was asked, if this person may give it."""
    asked = request.POST.get(TO_ROLE) or request.POST.get("role") or request.GET.get("role")
    asked = asked or otherwise
    return asked if rules.can_give_role(request.user, asked) else otherwise


def _typed(request: Request, role: str) -> dict[str, object]:
    """What was typed into the form of another role and has a field in that of ``role`` too."""
    names = {*PersonForm(role).fields} - {"idempotency_key"}
    return {name: request.POST[name] for name in names if name in request.POST}


@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: Request) -> HttpResponse:
    if not rules.can_create(request.user):
        raise PermissionDenied
    role = _role_of(request, Role.STUDENT.value)
    if request.method != "POST" or TO_ROLE in request.POST:
        return _form_page(request, PersonForm(role, initial=_typed(request, role)))
    form = PersonForm(role, request.POST)
    if not form.is_valid():
        _add_refusals(form, identifiers.taken(None, form.names))
        return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if question := asked_about_role(request, form.facts.name, "", role):
        return question

    def effect() -> str:
        made = services.create_person(
            facts=form.facts, actor=request.user, origin=origin_of(request)
        )
        return reverse("accounts:person", args=[made.pk])

    try:
        location = once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    except FieldRefused as refusal:
        _add_refusals(form, refusal.fields)
        return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(
        request, _("The account is there. Issue a one-time password, so that it can be used.")
    )
    return HttpResponseRedirect(location)


def _add_refusals(form: PersonForm, fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        form.add_error(name, text)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: Request, pk: int) -> HttpResponse:
    found = person_or_404(request, pk)
    if not rules.can_edit(request.user, found):
        raise Http404
    role = _role_of(request, found.role)
    if not rules.can_change_role(request.user, found, role):
        role = found.role
    if request.method != "POST" or TO_ROLE in request.POST:
        known = {**_initial(found, role), **_typed(request, role)}
        return _form_page(request, PersonForm(role, initial=known), found)
    form = PersonForm(role, request.POST)
    if not form.is_valid():
        _add_refusals(form, identifiers.taken(found.pk, form.names))
        return _form_page(request, form, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if question := asked_about_role(request, found.name, found.role, role):
        return question
    return _edited(request, found, form)


def _edited(request: Request, found: User, form: PersonForm) -> HttpResponse:
    address = reverse("accounts:person", args=[found.pk])

    def effect() -> str:
        services.edit_person(
            user_id=found.pk,
            version=form.cleaned_data["version"] or 0,
            facts=form.facts,
            actor=request.user,
            origin=origin_of(request),
        )
        return address

    try:
        once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    except FieldRefused as refusal:
        _add_refusals(form, refusal.fields)
        return _form_page(request, form, found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except EditedMeanwhile:
        return _conflict_page(request, found.pk, form)
    except NotAllowed:
        raise Http404 from None
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(address)


def _conflict_page(request: Request, pk: int, form: PersonForm) -> HttpResponse:
    """The form as typed, beside what somebody else saved; saving again is then knowingly."""
    now = person_or_404(request, pk)
    theirs = _initial(now, form.role)
    again = PersonForm(form.role, {**request.POST.dict(), "version": str(now.version)})
    again.is_valid()
    names = [name for name in again.fields if name in theirs and name != "version"]
    rows = [(again.fields[name].label, theirs[name], form.cleaned_data[name]) for name in names]
    differ = [row for row in rows if str(row[1] or "") != str(row[2] or "")]
    return _form_page(request, again, now, status=HTTPStatus.CONFLICT, conflicts=differ)


def _initial(found: User, role: str) -> dict[str, object]:
    return {**person_page.form_values(found, role), "version": found.version}


def _form_page(
    request: Request,
    form: PersonForm,
    found: User | None = None,
    *,
    status: int = HTTPStatus.OK,
    conflicts: Sequence[tuple[object, object, object]] | None = None,
) -> HttpResponse:
    roles = rules.roles_to_give(request.user)
    if found is not None:
        roles = [role for role in roles if rules.can_change_role(request.user, found, role)]
    context = {
        "form": form,
        "person": found,
        "roles": roles,
        "role": Role(form.role),
        "conflicts": conflicts,
        "crumbs": crumbs(found),
    }
    return render(request, "accounts/person_form.html", context, status=status)
