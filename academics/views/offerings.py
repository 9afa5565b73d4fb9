"""What the office does with an offering: open it, date it, staff it, divide it into modules."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academics.forms.courses import ModuleForm, OfferingForm, RoleForm
from academics.models import CourseOffering, Module, TeachingRole
from academics.services import courses as services
from academics.services import teaching
from academics.views.courses import course_or_404
from academics.views.deletion import delete_page
from academics.views.edit import Crumbs, FormPage, by, form_response, staff_only, submitted
from accounts.http import Request


def offering_or_404(pk: int) -> CourseOffering:
    return get_object_or_404(CourseOffering.objects.select_related("course", "term__year"), pk=pk)


def offering_address(offering: CourseOffering) -> str:
    return f"{offering.course.get_absolute_url()}?term={offering.term_id}"


def crumbs_of(offering: CourseOffering) -> Crumbs:
    return [
        (_("Courses"), reverse("academics:courses")),
        (offering.course.code, offering_address(offering)),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def offering_new(request: Request, code: str) -> HttpResponse:
    staff_only(request)
    course = course_or_404(code)
    page = FormPage(
        heading=_("Open %(course)s in a term") % {"course": course.name},
        submit=_("Open the course"),
        cancel=course.get_absolute_url(),
        done=_("The course is open."),
        crumbs=[
            (_("Courses"), reverse("academics:courses")),
            (course.code, course.get_absolute_url()),
        ],
    )
    if request.method != "POST":
        return form_response(request, page, OfferingForm())
    form = OfferingForm(request.POST, instance=CourseOffering(course=course))

    def effect() -> str:
        return offering_address(services.save_offering(form.instance, by=by(request)))

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def offering_edit(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    offering = offering_or_404(pk)
    page = FormPage(
        heading=str(offering),
        submit=_("Save the dates"),
        cancel=offering_address(offering),
        done=_("The dates are saved."),
        crumbs=crumbs_of(offering),
        extra={"delete_address": reverse("academics:offering_delete", args=[pk])},
    )
    if request.method != "POST":
        return form_response(request, page, OfferingForm(instance=offering))
    form = OfferingForm(request.POST, instance=offering)

    def effect() -> str:
        version = form.seen_version
        return offering_address(
            services.save_offering(form.instance, by=by(request), version=version)
        )

    def again() -> OfferingForm:
        return OfferingForm(instance=offering_or_404(pk))

    return submitted(request, page, form, effect, again=again)


@require_http_methods(["GET", "HEAD", "POST"])
def offering_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    offering = offering_or_404(pk)
    away = offering.course.get_absolute_url()
    back = offering_address(offering)
    return delete_page(request, offering, back=back, crumbs=crumbs_of(offering), away=away)


@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    offering = offering_or_404(pk)
    page = FormPage(
        heading=_("Who teaches %(course)s?") % {"course": offering.course.name},
        submit=_("Add this lecturer"),
        cancel=offering_address(offering),
        done=_("The lecturer is added."),
        crumbs=crumbs_of(offering),
    )
    if request.method != "POST":
        return form_response(request, page, RoleForm())
    form = RoleForm(request.POST, instance=TeachingRole(offering=offering))

    def effect() -> str:
        teaching.give_role(form.instance, by=by(request))
        return offering_address(offering)

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def role_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    role = get_object_or_404(TeachingRole.objects.select_related("lecturer__user"), pk=pk)
    offering = offering_or_404(role.offering_id)
    back, way = offering_address(offering), crumbs_of(offering)
    return delete_page(request, role, back=back, crumbs=way, delete=teaching.take_role)


@require_http_methods(["GET", "HEAD", "POST"])
def module_new(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    offering = offering_or_404(pk)
    page = FormPage(
        heading=_("Add a module to %(course)s") % {"course": offering.course.name},
        submit=_("Add the module"),
        cancel=offering_address(offering),
        done=_("The module is added."),
        crumbs=crumbs_of(offering),
    )
    if request.method != "POST":
        return form_response(request, page, ModuleForm())
    # The number is the service's to give; until then it holds its place.
    form = ModuleForm(request.POST, instance=Module(offering=offering, number=1))

    def effect() -> str:
        teaching.add_module(form.instance, by=by(request))
        return offering_address(offering)

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def module_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    module = get_object_or_404(Module, pk=pk)
    offering = offering_or_404(module.offering_id)
    return delete_page(
        request, module, back=offering_address(offering), crumbs=crumbs_of(offering)
    )
