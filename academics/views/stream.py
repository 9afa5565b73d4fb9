"""Looking back: what happened in a course."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academics import rules
from academics.selectors import courses as selectors
from academics.selectors.membership import is_member_of_offering
from academics.views.courses import course_or_404
from accounts.http import Request
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from isme.lib.replica import late, may_lag
from notifications import activity


@may_lag
@require_safe
def course_activity(request: Request, code: str) -> HttpResponse:
    """For those who take or teach the course in the term, and the office.

    Course, offerings, membership, count, rows, and a query for each kind of object.
    """
    found = course_or_404(code)
    term = request.GET.get("term", "")
    offering = selectors.chosen_offering(term, selectors.offerings_of_course(found))
    if offering is None:
        raise Http404
    user = request.user
    if not rules.can_manage(user) and not is_member_of_offering(user.pk, offering.pk):
        raise Http404
    rows = late(activity.in_course(offering))
    page = listing(request, rows, orders=activity.ORDERS, filters={"term": term})
    context = {
        "heading": _("Activity of the course"),
        "lead": f"{found.name}, {offering.term}",
        "crumbs": [(_("Courses"), "/courses/"), (found.name, found.get_absolute_url())],
        "listing": page,
        "entries": activity.shown(user, list(page.page.object_list)),
    }
    templates = "notifications/activity.html", "notifications/_activity.html"
    return page_or_fragment(request, *templates, context)
