"""The page of one course: what it is, and who, where and with what in a term."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academics import rules
from academics.models import Course, CourseOffering
from academics.selectors import courses as selectors
from academics.selectors.membership import classes_of
from academics.views.courses import course_or_404
from academics.views.seen import seen
from accounts.http import Request
from isme.lib import links
from isme.lib.links import Link


@require_safe
def course(request: Request, code: str) -> HttpResponse:
    """Course, offerings, expertises, and of one offering people, classes, modules, materials.

    9 queries for staff; 10 for others, who are asked about their roles and classes; and those
    of the ways to other apps (2 for the forum).
    """
    found = course_or_404(code)
    offerings = selectors.offerings_of_course(found)
    offering = selectors.chosen_offering(request.GET.get("term", ""), offerings)
    context: dict[str, object] = {
        "course": found,
        "heading": found.name,
        "crumbs": [(_("Courses"), "/courses/")],
        "offerings": offerings,
        "offering": offering,
        "expertises": selectors.expertise_names(found),
        "can_manage": rules.can_manage(request.user),
    }
    if offering is not None:
        seen(request, f"offering:{offering.pk}")
        context |= _offering_context(request, found, offering)
    return render(request, "academics/course.html", context)


def _offering_context(
    request: Request, found: Course, offering: CourseOffering
) -> dict[str, object]:
    offering.course = found
    kinds = selectors.teaching_kinds(request.user, offering.pk)
    classes = list(selectors.classes_with_sizes(offering))
    if not rules.can_see_every_class(request.user):
        own = classes_of(request.user.pk).filter(offering=offering)
        mine = set(own.values_list("pk", flat=True))
    else:
        mine = {row.pk for row in classes}
    for row in classes:
        row.is_open = row.pk in mine
    ways = links.of(request.user, offering)
    if rules.can_manage(request.user) or kinds or mine:
        address = reverse("academics:course_activity", args=[found.code])
        ways.append(Link(f"{address}?term={offering.term_id}", _("Activity"), "clock"))
    return {
        "links": ways,
        "people": selectors.people_of(offering),
        "classes": classes,
        "modules": list(offering.modules.order_by("kind", "number")),
        "materials": list(offering.materials.select_related("file", "added_by").order_by("title")),
        "syllabus": offering.syllabus,
        "may_syllabus": rules.can_give_syllabus(request.user, kinds),
        "may_materials": rules.can_give_materials(request.user, kinds),
    }
