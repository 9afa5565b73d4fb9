"""What all forms of this app share: once, checked, with the typed text kept when refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from academics import rules
from academics.errors import AcademicsError, FieldError, MembershipRefused, Outdated
from academics.forms.base import RowForm
from academics.services.rows import By
from accounts.http import Request, origin_of
from isme.lib.idempotency import OnceForm, once

Crumbs = list[tuple[str, str]]


@dataclass(frozen=True)
class FormPage:
    """The words around a form. ``extra`` goes to the template."""

    heading: str
    submit: str
    cancel: str
    done: str = ""
    crumbs: Crumbs = field(default_factory=list)
    template: str = "academics/form.html"
    extra: dict[str, object] = field(default_factory=dict)


def by(request: Request) -> By:
    return By(request.user.pk, origin_of(request))


def staff_only(request: Request) -> None:
    """Raises PermissionDenied for everybody who doesn't manage the faculty's structure."""
    if not rules.can_manage(request.user):
        raise PermissionDenied


def form_response(
    request: Request,
    page: FormPage,
    form: forms.BaseForm,
    *,
    status: int = HTTPStatus.OK,
    conflicts: list[tuple[object, object, object]] | None = None,
) -> HttpResponse:
    if form.is_bound:
        _ask_again_for_files(form)
    context = {
        "page": page,
        "form": form,
        "heading": page.heading,
        "crumbs": page.crumbs,
        "conflicts": conflicts,
        **page.extra,
    }
    return render(request, page.template, context, status=status)


def _ask_again_for_files(form: forms.BaseForm) -> None:
    """No browser keeps a chosen file when a form comes back: the field says so."""
    for name, given in form.fields.items():
        if isinstance(given, forms.FileField) and form.files.get(name) and name not in form.errors:
            form.add_error(
                name, _("Choose this file again: it doesn't stay when a form comes back.")
            )


def submitted(
    request: Request,
    page: FormPage,
    form: Any,
    effect: Callable[[], str],
    *,
    again: Callable[[], Any] | None = None,
) -> HttpResponse:
    """Run ``effect`` (gives the next address) once if ``form`` is right; else show it again.

    ``again`` makes the form anew over the row as it is now, when somebody else changed it.
    """
    if not form.is_valid():
        return _refused(request, page, form)
    try:
        location = once(request.user.pk, form.cleaned_data["idempotency_key"], effect)
    except FieldError as refusal:
        for name, text in refusal.errors.items():
            form.add_error(name if name in form.fields else None, text)
    except Outdated:
        if again is not None:
            return _conflict(request, page, form, again())
        form.add_error(None, _("Somebody else changed this while you were typing."))
    except AcademicsError as refusal:
        form.add_error(None, str(refusal))
    else:
        messages.success(request, page.done)
        return HttpResponseRedirect(location)
    return form_response(request, page, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@contextmanager
def refused_at(field: str) -> Iterator[None]:
    """Who can't be put there was typed in ``field``: the refusal stands at it."""
    try:
        yield
    except MembershipRefused as refusal:
        raise FieldError({field: str(refusal)}) from refusal


def _refused(request: Request, page: FormPage, form: Any) -> HttpResponse:
    """What the form refuses, with what the service would: all is said in one go."""
    if isinstance(form, RowForm):
        for name, text in form.also_wrong().items():
            form.add_error(name, text)
    return form_response(request, page, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _conflict(request: Request, page: FormPage, form: Any, fresh: Any) -> HttpResponse:
    """What was typed beside what somebody else saved; saving again is then knowingly."""
    data = form.data.copy()
    data["version"] = str(fresh.instance.version)
    names = [name for name in fresh.fields if name not in {"version", "idempotency_key"}]
    differ = [
        (fresh.fields[name].label, fresh[name].value(), form[name].value())
        for name in names
        if str(fresh[name].value() or "") != str(form[name].value() or "")
    ]
    typed = type(form)(data, instance=fresh.instance)
    return form_response(request, page, typed, status=HTTPStatus.CONFLICT, conflicts=differ)


def deed(request: Request, effect: Callable[[], str], back: str) -> HttpResponse:
    """A button without fields: run ``effect`` once, which gives what to say; then ``back``."""
    form = OnceForm(request.POST)
    form.is_valid()  # the key's field takes anything

    def run() -> str:
        messages.success(request, effect())
        return back

    try:
        location = once(request.user.pk, form.cleaned_data["idempotency_key"], run)
    except AcademicsError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(location)
