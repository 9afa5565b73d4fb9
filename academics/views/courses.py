"""Courses: everybody's own first, and the whole plan of the faculty."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academics import notices, rules
from academics.choices import CourseKind
from academics.forms.courses import CourseFilterForm, CourseForm
from academics.models import Course, Term
from academics.selectors import courses as selectors
from academics.selectors.gaps import LACKS
from academics.selectors.terms import chosen_term
from academics.services import courses as services
from academics.views.deletion import delete_page
from academics.views.edit import FormPage, by, form_response, staff_only, submitted
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
from isme.lib.parts import Tab
from isme.lib.sheets import Column

COURSES = List(
    name="mata-kuliah",
    heading=gettext_lazy("Courses"),
    template="academics/_courses.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Code"), lambda course: course.code),
        Column(gettext_lazy("Name"), lambda course: course.name),
        Column(gettext_lazy("Kind"), lambda course: course.get_kind_display()),
        Column(gettext_lazy("Study level"), lambda course: course.level),
        Column(gettext_lazy("Block"), lambda course: course.block_no),
        Column(gettext_lazy("Curriculum"), lambda course: course.curriculum_year),
        Column(gettext_lazy("Credits"), lambda course: course.credits),
    ],
)
FILTERS = ("q", "term", "level", "kind", "gap")


@require_safe
@hot_keys(list_keys)
def courses(request: Request) -> HttpResponseBase:
    """The list: no query while it is kept; else rows, offerings, coordinators: 3, or 4 if long."""
    terms = terms_of(request)
    filters = _filters(request, terms)
    term = chosen_term(filters["term"], terms)
    is_mine = filters["show"] == "mine"
    codes = own_places(request).codes if is_mine else ()

    def found() -> QuerySet[Any]:
        courses = selectors.courses(
            q=filters["q"],
            level=filters["level"],
            kind=filters["kind"],
            gap=filters["gap"],
            term_id=int(filters["term"]) if filters["term"] else None,
        )
        return courses.filter(code__in=codes) if is_mine else courses

    def context(rows: Sequence[Any]) -> Context:
        selectors.attach_offerings(rows, term)
        _attach_words(rows)
        values: Context = {"term_name": str(term or "–"), **_what_was_asked(filters)}
        if not wants_fragment(request):
            values["form"] = _filter_form(request, terms, filters)
            values["tabs"] = _tabs(request, filters["show"])
            values["tabs_label"] = _("Which courses")
        if rules.can_manage(request.user):
            values |= {
                "new_address": reverse("academics:course_new"),
                "new_label": _("Add a course"),
            }
        return values

    if term is not None and not wants_fragment(request):
        seen(request, notices.term(term.pk))
    return shared_list(request, COURSES, found, filters, context, part=codes)


def _attach_words(rows: Sequence[Any]) -> None:
    """Give each course its ``address``, ``kind_name`` and offering's ``days``.

    A page's courses have few kinds and few dates: each is put into words once.
    """
    pattern = reverse("academics:course", args=["CODE"])
    kinds = {value: str(label) for value, label in CourseKind.choices}
    days: dict[tuple[date, date], str] = {}
    for row in rows:
        row.address = pattern.replace("CODE", quote(row.code))
        row.kind_name = kinds[row.kind]
        if row.offering is not None:
            span = (row.offering.starts_on, row.offering.ends_on)
            if span not in days:
                first, last = date_format(span[0], "j M"), date_format(span[1], "j M Y")
                days[span] = f"{first} – {last}"
            row.offering.days = days[span]


def _filters(request: Request, terms: list[Term]) -> dict[str, str]:
    """What was asked for; what can't be counts as not asked. Staff have no courses of their own."""
    filters = asked(request, *FILTERS, "show")
    if filters["term"] not in {str(term.pk) for term in terms}:
        filters["term"] = ""
    if filters["level"] not in {str(level) for level in range(8)}:
        filters["level"] = ""
    if filters["kind"] not in CourseKind.values:
        filters["kind"] = ""
    if filters["gap"] not in LACKS or not rules.can_manage(request.user):
        filters["gap"] = ""
    if rules.can_manage(request.user):
        filters["show"] = ""
    elif filters["show"] != "all":
        filters["show"] = "mine"
    return filters


def _filter_form(request: Request, terms: list[Term], filters: dict[str, str]) -> CourseFilterForm:
    return CourseFilterForm(terms=terms, initial=filters, for_staff=rules.can_manage(request.user))


def _what_was_asked(filters: Mapping[str, str]) -> Context:
    return {
        "show": filters["show"],
        "is_filtered": any(filters[name] for name in FILTERS),
        "all_address": _address(filters["show"]),
    }


def _address(show: str) -> str:
    """The list without filters, in the same tab."""
    address = reverse("academics:courses")
    return f"{address}?show=all" if show == "all" else address


def _tabs(request: Request, show: str) -> list[Tab]:
    if rules.can_manage(request.user):
        return []
    return [
        Tab(_("My courses"), _address("mine"), is_open=show == "mine"),
        Tab(_("All courses"), _address("all"), is_open=show == "all"),
    ]


def course_or_404(code: str) -> Course:
    return get_object_or_404(Course, code=code)


def _page(heading: str, course: Course | None = None) -> FormPage:
    above = reverse("academics:courses")
    crumbs = [(_("Courses"), above)]
    extra: dict[str, object] = {}
    if course is not None:
        above = course.get_absolute_url()
        crumbs.append((course.code, above))
        extra["delete_address"] = reverse("academics:course_delete", args=[course.code])
    return FormPage(
        heading=heading,
        submit=_("Save the course"),
        cancel=above,
        done=_("The course is saved."),
        crumbs=crumbs,
        extra=extra,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: Request) -> HttpResponse:
    staff_only(request)
    page = _page(_("Add a course"))
    if request.method != "POST":
        return form_response(request, page, CourseForm())
    form = CourseForm(request.POST)

    def effect() -> str:
        made = services.save_course(
            form.instance, expertises=form.cleaned_data["expertises"], by=by(request)
        )
        return made.get_absolute_url()

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def course_edit(request: Request, code: str) -> HttpResponse:
    staff_only(request)
    course = course_or_404(code)
    page = _page(str(course), course)

    def fresh() -> CourseForm:
        now = Course.objects.get(pk=course.pk)
        return CourseForm(instance=now, initial={"expertises": selectors.expertise_names(now)})

    if request.method != "POST":
        return form_response(request, page, fresh())
    form = CourseForm(request.POST, instance=course)

    def effect() -> str:
        saved = services.save_course(
            form.instance,
            expertises=form.cleaned_data["expertises"],
            by=by(request),
            version=form.seen_version,
        )
        return saved.get_absolute_url()

    return submitted(request, page, form, effect, again=fresh)


@require_http_methods(["GET", "HEAD", "POST"])
def course_delete(request: Request, code: str) -> HttpResponse:
    staff_only(request)
    course = course_or_404(code)
    courses_address = reverse("academics:courses")
    back = course.get_absolute_url()
    crumbs = [(_("Courses"), courses_address), (course.code, back)]
    return delete_page(request, course, back=back, crumbs=crumbs, away=courses_address)
