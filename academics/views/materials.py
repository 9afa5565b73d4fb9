"""What lecturers give to their courses: the syllabus and the materials."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academics import rules
from academics.forms.materials import MaterialForm, SyllabusForm
from academics.models import CourseOffering, Material
from academics.selectors.courses import teaching_kinds
from academics.services import materials as services
from academics.views.edit import FormPage, by, form_response, submitted
from academics.views.offerings import crumbs_of, offering_address, offering_or_404
from accounts.http import Request
from isme.lib.idempotency import OnceForm


@require_http_methods(["GET", "HEAD", "POST"])
def syllabus(request: Request, pk: int) -> HttpResponse:
    offering = offering_or_404(pk)
    if not rules.can_give_syllabus(request.user, teaching_kinds(request.user, pk)):
        raise PermissionDenied
    page = FormPage(
        heading=_("Syllabus of %(course)s") % {"course": offering.course.name},
        submit=_("Upload the syllabus"),
        cancel=offering_address(offering),
        done=_("The syllabus is there."),
        crumbs=crumbs_of(offering),
    )
    if request.method != "POST":
        return form_response(request, page, SyllabusForm(request.user.pk))
    form = SyllabusForm(request.user.pk, request.POST, request.FILES)

    def effect() -> str:
        document = form.cleaned_data["document"]
        services.replace_syllabus(pk, document=document, by=by(request))
        return offering_address(offering)

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def material_new(request: Request, pk: int) -> HttpResponse:
    offering = offering_or_404(pk)
    _may_give(request, offering)
    page = FormPage(
        heading=_("Add material to %(course)s") % {"course": offering.course.name},
        submit=_("Upload the material"),
        cancel=offering_address(offering),
        done=_("The material is there."),
        crumbs=crumbs_of(offering),
    )
    if request.method != "POST":
        return form_response(request, page, MaterialForm(request.user.pk))
    form = MaterialForm(
        request.user.pk, request.POST, request.FILES, instance=Material(offering=offering)
    )

    def effect() -> str:
        document = form.cleaned_data["document"]
        services.add_material(form.instance, document=document, by=by(request))
        return offering_address(offering)

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def material_delete(request: Request, pk: int) -> HttpResponse:
    material = get_object_or_404(Material, pk=pk)
    offering = offering_or_404(material.offering_id)
    _may_give(request, offering)
    back = offering_address(offering)
    if request.method == "POST":
        services.remove_material(pk, by=by(request))
        return HttpResponseRedirect(back)
    context = {
        "crumbs": crumbs_of(offering),
        "title": _("Remove “%(name)s”?") % {"name": material.title},
        "text": _("Its file is deleted too. This can't be undone."),
        "action": request.path,
        "submit": _("Remove it"),
        "keep": _("Not now"),
        "keep_address": back,
        "form": OnceForm(),
    }
    return render(request, "academics/delete.html", context)


def _may_give(request: Request, offering: CourseOffering) -> None:
    """Raises PermissionDenied."""
    if not rules.can_give_materials(request.user, teaching_kinds(request.user, offering.pk)):
        raise PermissionDenied
