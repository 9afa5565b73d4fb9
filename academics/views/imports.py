"""Imports: upload a spreadsheet, look at what it would do, save it, take it back."""

from http import HTTPStatus
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academics.errors import ImportRefused
from academics.forms.imports import HistoryFilterForm, UploadForm
from academics.imports import registry, workbooks
from academics.imports.choices import ImportKind
from academics.imports.kind import Kind
from academics.imports.rules import can_import, can_import_anything, kinds_of, needs_proof
from academics.imports.stored import XLSX
from academics.models import ImportJob
from academics.selectors.imports import import_for, imports_of
from academics.selectors.terms import current_term
from academics.services import imports
from academics.views.import_page import detail_page, list_crumbs
from accounts.http import Request, origin_of
from accounts.views.step_up import asked_first
from isme.lib import uploads
from isme.lib.http import page_or_fragment
from isme.lib.idempotency import once
from isme.lib.paging import listing
from isme.lib.parts import Tab

ORDERS = {
    "newest": ("-made_at", "-pk"),
    "oldest": ("made_at", "pk"),
    "name": ("file_name", "pk"),
    "-name": ("-file_name", "-pk"),
}


def _kind_asked(request: Request) -> Kind:
    """The kind that the address names and the person may import, or their first."""
    kinds = registry.kinds_for(request.user)
    asked = request.GET.get("kind", "")
    return next((kind for kind in kinds if kind.name == asked), kinds[0])


@require_http_methods(["GET", "HEAD", "POST"])
@uploads.limited
def import_list(request: Request) -> HttpResponse:
    if not can_import_anything(request.user):
        raise PermissionDenied
    kind = _kind_asked(request)
    if request.method != "POST":
        initial = {"term": current_term()} if kind.term else {}
        return _list_page(request, kind, UploadForm(term=kind.term, initial=initial))
    form = UploadForm(request.POST, request.FILES, term=kind.term)
    if not form.is_valid():
        return _list_page(request, kind, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _uploaded(request, kind, form, None)


def _uploaded(
    request: Request, kind: Kind, form: UploadForm, old: ImportJob | None
) -> HttpResponse:
    chosen = form.cleaned_data
    term = old.term if old else chosen.get("term")

    def effect() -> str:
        job = imports.upload(
            kind=kind.name,
            file=chosen["file"],
            by=request.user,
            term=term,
            replaces=old.pk if old else None,
        )
        return reverse("academics:import_detail", args=[job.pk])

    try:
        location = once(request.user.pk, chosen["idempotency_key"], effect)
    except ImportRefused as refusal:
        form.add_error("file", str(refusal))
        return _list_page(request, kind, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(location)


def _list_page(
    request: Request, kind: Kind, form: UploadForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "only", "state")}
    kinds = kinds_of(request.user)
    found = imports_of(request.user, q=asked["q"], kind=asked["only"], state=asked["state"])
    filters = {"kind": kind.name, **asked}
    context = {
        "history": listing(request, found, orders=ORDERS, filters=filters),
        "filter_form": HistoryFilterForm(kinds=kinds, initial=asked),
        "is_filtered": any(asked.values()),
        "kind": kind,
        "upload_form": form,
        "tabs": [
            Tab(one.title, f"?kind={one.name}", one.name == kind.name)
            for one in registry.kinds_for(request.user)
        ],
    }
    page, part = "academics/import_list.html", "academics/_import_history.html"
    response = page_or_fragment(request, page, part, context)
    response.status_code = status
    return response


@require_safe
def import_of_kind(request: Request, kind: str) -> HttpResponse:
    """The import page of rooms, courses, classes or groups, where people look for it."""
    return redirect(f"{reverse('academics:import_list')}?kind={kind}")


@require_safe
def import_template(request: Request, kind: str) -> HttpResponse:
    """An empty workbook with the headers and what goes below them."""
    if not can_import_anything(request.user):
        raise PermissionDenied
    if kind not in ImportKind or not can_import(request.user, kind):
        raise Http404
    target = BytesIO()
    workbooks.write_template(registry.kind_named(kind), target)
    response = HttpResponse(target.getvalue(), content_type=XLSX.content_type)
    name = _("template-%(kind)s") % {"kind": registry.kind_named(kind).title}
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx".lower())
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _get_import(request: Request, pk: int) -> ImportJob:
    """The import, or 404 for one that isn't there or not for this person."""
    job = import_for(request.user, pk)
    if job is None:
        raise Http404
    return job


@require_safe
def import_detail(request: Request, pk: int) -> HttpResponse:
    return detail_page(request, _get_import(request, pk))


@require_POST
@uploads.limited
def import_replace(request: Request, pk: int) -> HttpResponse:
    """A mended file instead of the one that is shown."""
    job = _get_import(request, pk)
    form = UploadForm(request.POST, request.FILES, term="")
    kind = registry.kind_named(job.kind)
    if form.is_valid():
        return _uploaded(request, kind, form, job)
    return detail_page(request, job, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _acted(request: Request, job: ImportJob, act: object, **more: object) -> HttpResponse:
    try:
        act(import_id=job.pk, **more)  # type: ignore[operator]
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("academics:import_detail", job.pk)


@require_POST
def import_save(request: Request, pk: int) -> HttpResponse:
    job = _get_import(request, pk)
    if needs_proof(job.kind) and (question := asked_first(request)):
        return question
    return _acted(request, job, imports.request_save, by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: Request, pk: int) -> HttpResponse:
    """Ask, then take the whole batch back."""
    job = _get_import(request, pk)
    if request.method == "POST":
        more = {"by": request.user, "origin": origin_of(request)}
        return _acted(request, job, imports.request_undo, **more)
    kind = registry.kind_named(job.kind)
    crumbs = [*list_crumbs(job), (job.file_name, reverse("academics:import_detail", args=[pk]))]
    context = {"job": job, "kind": kind, "crumbs": crumbs}
    return render(request, "academics/import_undo.html", context)


@require_POST
def import_discard(request: Request, pk: int) -> HttpResponse:
    job = _get_import(request, pk)
    response = _acted(request, job, imports.discard)
    job.refresh_from_db(fields=["state"])
    if job.state != "discarded":
        return response
    messages.info(request, _("The file is discarded. Nothing was saved."))
    return redirect(f"{reverse('academics:import_list')}?kind={job.kind}")


@require_POST
def import_resume(request: Request, pk: int) -> HttpResponse:
    return _acted(request, _get_import(request, pk), imports.resume)
