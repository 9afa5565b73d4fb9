"""The page of one course: what it is, and who, where and with what in a term.

All who have the same places in a course and the same role see the same, but for the ways to
other apps with what is new there: the page is made once for them (isme.lib.shared).
"""

from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academics import rules
from academics.models import Course, CourseOffering
from academics.selectors import courses as selectors
from academics.selectors import places
from academics.views.courses import course_or_404
from academics.views.lists import LIST_VERSIONS, Context, list_keys
from academics.views.seen import seen
from accounts.http import Request
from accounts.middleware import hot_keys
from accounts.models import User
from isme.lib import links, versions
from isme.lib.links import Link
from isme.lib.shared import Readers, shared_page

MOST_COURSES = 512  # in each process; a row and its offerings
MOST_WAYS = 512
TEMPLATES = ("academics/course.html", "academics/course.html")


class Given(NamedTuple):
    """A course with its offerings, the newest first. Many requests share it: not to be changed."""

    course: Course
    offerings: list[CourseOffering]


class Mine(NamedTuple):
    """What the reader is in an offering."""

    kinds: frozenset[str]  # of teaching role
    classes: frozenset[int]  # in which they sit, or whose offering they teach


@require_safe
@hot_keys(list_keys)
def course(request: Request, code: str) -> HttpResponse:
    """Course, offerings, expertises, and of one offering people, classes, modules, materials.

    No query beside those of the ways to other apps (one for the forum) while others have just
    seen the same; else 9, and one where the reader's places are unknown.
    """
    places.attach(request.user, request.reading.hot)
    words = versions.words(LIST_VERSIONS, request.reading.hot)
    given = _kept_given(code, words[0]) if words[0] else _given(code)
    offering = selectors.chosen_offering(request.GET.get("term", ""), given.offerings)
    mine = _mine(request.user, code, offering)
    if offering is not None:
        seen(request, f"offering:{offering.pk}")

    def context() -> Context:
        values: Context = {
            "course": given.course,
            "heading": given.course.name,
            "crumbs": [(_("Courses"), "/courses/")],
            "offerings": given.offerings,
            "offering": offering,
            "expertises": selectors.expertise_names(given.course),
            "can_manage": rules.can_manage(request.user),
        }
        if offering is not None:
            values |= _offering_context(request.user, offering, mine)
        return values

    own = {"ways": _ways(request.user, given.course, offering, mine)}
    readers = Readers((mine, offering and offering.pk), words, own)
    return shared_page(request, TEMPLATES, readers, context)


def _given(code: str) -> Given:
    """2 queries. Raises Http404."""
    found = course_or_404(code)
    offerings = selectors.offerings_of_course(found)
    for offering in offerings:
        offering.course = found
    return Given(found, offerings)


@lru_cache(maxsize=MOST_COURSES)
def _kept_given(code: str, _word: str) -> Given:
    return _given(code)


def _mine(user: User, code: str, offering: CourseOffering | None) -> Mine:
    if offering is None or rules.can_manage(user):
        return Mine(frozenset(), frozenset())
    rows = [row for row in places.of(user).in_course(code) if row.offering == offering.pk]
    return Mine(
        frozenset(row.kind for row in rows if row.kind),
        frozenset(row.course_class for row in rows if row.course_class is not None),
    )


def _offering_context(user: User, offering: CourseOffering, mine: Mine) -> Context:
    classes = list(selectors.classes_with_sizes(offering))
    everything = rules.can_see_every_class(user)
    for row in classes:
        row.is_open = everything or row.pk in mine.classes
    return {
        "people": selectors.people_of(offering),
        "classes": classes,
        "modules": list(offering.modules.order_by("kind", "number")),
        "materials": list(offering.materials.select_related("file", "added_by").order_by("title")),
        "syllabus": offering.syllabus,
        "may_syllabus": rules.can_give_syllabus(user, mine.kinds),
        "may_materials": rules.can_give_materials(user, mine.kinds),
    }


def _ways(user: User, course: Course, offering: CourseOffering | None, mine: Mine) -> SafeString:
    """The buttons to other apps, and to what happened here for who has a place in it."""
    if offering is None:
        return SafeString("")
    ways = links.of(user, offering)
    if rules.can_manage(user) or any(mine):
        address = reverse("academics:course_activity", args=[course.code])
        ways.append(Link(f"{address}?term={offering.term_id}", _("Activity"), "clock"))
    said = tuple((way.address, str(way.label), way.icon, way.news) for way in ways)
    return (_buttons.__wrapped__ if settings.DEBUG else _buttons)(said, get_language())


@lru_cache(maxsize=MOST_WAYS)
def _buttons(ways: tuple[tuple[str, str, str, int], ...], _language: str | None) -> SafeString:
    found = [Link(*way) for way in ways]
    return render_to_string("components/page_links.html", {"links": found})
