"""Years and terms: making them, dating them, and turning from one to the next."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academics import notices, rules
from academics.choices import TermKind
from academics.forms.courses import OpenForm
from academics.forms.groups import TermFilterForm, TermForm, YearForm
from academics.models import AcademicYear, Course, PromotionRun, Term
from academics.selectors import activation
from academics.selectors import terms as selectors
from academics.services import courses as course_services
from academics.services import promotion
from academics.services import terms as services
from academics.views.deletion import delete_page
from academics.views.edit import Crumbs, FormPage, by, deed, form_response, staff_only, submitted
from academics.views.lists import Context, List, asked, list_page
from academics.views.seen import seen_kinds
from accounts.http import Request
from isme.lib.http import wants_fragment
from isme.lib.idempotency import OnceForm
from isme.lib.sheets import Column

TERMS = List(
    name="semester",
    heading=gettext_lazy("Terms"),
    template="academics/_terms.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Academic year"), lambda term: term.year.label),
        Column(gettext_lazy("Term"), lambda term: term.get_kind_display()),
        Column(gettext_lazy("First day"), lambda term: term.starts_on),
        Column(gettext_lazy("Last day"), lambda term: term.ends_on),
        Column(gettext_lazy("Courses"), lambda term: term.courses),
    ],
)


def _crumbs(term: Term | None = None) -> Crumbs:
    return [(_("Terms"), reverse("academics:terms"))]


@require_safe
def terms(request: Request) -> HttpResponseBase:
    """The list: years, rows, active term, what is promoted, promotions: 5 queries.

    1 more for more than a page.
    """
    staff_only(request)
    years = list(selectors.years())
    filters = asked(request, "year")
    if filters["year"] not in {str(year.pk) for year in years}:
        filters["year"] = ""
    found = selectors.terms()
    if filters["year"]:
        found = found.filter(year_id=int(filters["year"]))

    def context(rows: Sequence[Any]) -> Context:
        activation.attach_promotable(rows, selectors.current_term())
        values: Context = {
            "new_address": reverse("academics:year_new"),
            "new_label": _("Add a year"),
            "once_form": OnceForm(auto_id=False),
        }
        if not wants_fragment(request):
            values["form"] = TermFilterForm(years=years, initial=filters)
            seen_kinds(request, notices.OF_TERMS)
            values["promotions"] = activation.promotions()
            values["below_template"] = "academics/_promotions.html"
        return values

    return list_page(request, TERMS, found, filters, context)


@require_http_methods(["GET", "HEAD", "POST"])
def year_new(request: Request) -> HttpResponse:
    staff_only(request)
    page = FormPage(
        heading=_("Add an academic year"),
        submit=_("Add the year"),
        cancel=reverse("academics:terms"),
        done=_("The year is there, with its odd and even terms."),
        crumbs=_crumbs(),
    )
    if request.method != "POST":
        return form_response(request, page, YearForm())
    form = YearForm(request.POST)

    def effect() -> str:
        services.create_year(form.cleaned_data["first_year"], by=by(request))
        return reverse("academics:terms")

    return submitted(request, page, form, effect)


def term_or_404(pk: int) -> Term:
    return get_object_or_404(Term.objects.select_related("year"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def term_edit(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    term = term_or_404(pk)
    page = FormPage(
        heading=str(term),
        submit=_("Save the dates"),
        cancel=reverse("academics:terms"),
        done=_("The dates are saved."),
        crumbs=_crumbs(),
        extra={} if _is_in_use(term) else {"delete_address": _deletion(term)},
    )
    if request.method != "POST":
        return form_response(request, page, TermForm(instance=term))
    form = TermForm(request.POST, instance=term)

    def effect() -> str:
        services.save_term(form.instance, version=form.seen_version, by=by(request))
        return reverse("academics:terms")

    return submitted(request, page, form, effect, again=lambda: TermForm(instance=term_or_404(pk)))


def _is_in_use(term: Term) -> bool:
    return term.is_active or (term.kind != TermKind.SHORT and term.year.is_active)


def _deletion(term: Term) -> str:
    """The address that asks before the term goes: alone, or with its year."""
    if term.kind == TermKind.SHORT:
        return reverse("academics:term_delete", args=[term.pk])
    return reverse("academics:year_delete", args=[term.year_id])


@require_http_methods(["GET", "HEAD", "POST"])
def term_delete(request: Request, pk: int) -> HttpResponse:
    """Of a short term; the others go only together with their year."""
    staff_only(request)
    short_ones = Term.objects.filter(kind=TermKind.SHORT).select_related("year")
    term = get_object_or_404(short_ones, pk=pk)
    back = reverse("academics:term_edit", args=[pk])
    away, delete = reverse("academics:terms"), services.delete_short_term
    return delete_page(request, term, back=back, crumbs=_crumbs(), away=away, delete=delete)


@require_http_methods(["GET", "HEAD", "POST"])
def year_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    year = get_object_or_404(AcademicYear, pk=pk)
    text = _("Its terms go with it: %(terms)s. If anything hangs on one, all stay.") % {
        "terms": ", ".join(str(term.get_kind_display()) for term in selectors.of_year(year))
    }
    return delete_page(
        request,
        year,
        back=reverse("academics:terms"),
        crumbs=_crumbs(),
        text=text,
        delete=services.delete_year,
    )


@require_POST
def short_term(request: Request, pk: int) -> HttpResponse:
    """Give the year of term ``pk`` its short term."""
    staff_only(request)
    term = term_or_404(pk)

    def effect() -> str:
        services.add_short_term(term.year_id, by=by(request))
        return _("The short term is there.")

    return deed(request, effect, reverse("academics:terms"))


@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: Request, pk: int) -> HttpResponse:
    """What would change (GET), and the change (POST)."""
    staff_only(request)
    term = term_or_404(pk)
    if request.method == "POST":

        def effect() -> str:
            services.activate(pk, by=by(request))
            return _("%(term)s is the active term now.") % {"term": term}

        return deed(request, effect, reverse("academics:terms"))
    now = selectors.current_term()
    promoted = activation.live_promotion(now, term)
    context = {
        "heading": _("Activate %(term)s?") % {"term": term},
        "crumbs": _crumbs(),
        "term": term,
        "now": now,
        "figures": activation.term_figures(term),
        "figures_now": activation.term_figures(now) if now else None,
        "can_promote": now is not None and promoted is None and rules.leads_to(now, term),
        "today": timezone.localdate(),
        "once_form": OnceForm(auto_id=False),
    }
    return render(request, "academics/activate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_courses(request: Request, pk: int) -> HttpResponse:
    """Which courses the term gives: those that fit it and are not open yet, ticked."""
    staff_only(request)
    term = term_or_404(pk)
    closed = Course.objects.exclude(offerings__term=term).order_by("level", "code")
    fitting = [course for course in closed if course_services.fits(course, term)]
    page = FormPage(
        heading=_("Open courses in %(term)s") % {"term": term},
        submit=_("Open these courses"),
        cancel=reverse("academics:terms"),
        done=_("The courses are open."),
        crumbs=_crumbs(),
        template="academics/open_courses.html",
        extra={"term": term, "courses": fitting},
    )
    if request.method != "POST":
        initial = {"courses": [str(course.pk) for course in fitting]}
        return form_response(request, page, OpenForm(fitting, initial=initial))
    form = OpenForm(fitting, request.POST)

    def effect() -> str:
        ids = [int(pk) for pk in form.cleaned_data["courses"]]
        course_services.open_courses(term, course_ids=ids, by=by(request))
        return f"{reverse('academics:courses')}?term={term.pk}"

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: Request, pk: int) -> HttpResponse:
    """What a promotion from the active term into ``pk`` would do (GET), and the deed (POST)."""
    staff_only(request)
    to_term = term_or_404(pk)
    from_term = selectors.current_term()
    back = reverse("academics:terms")
    if from_term is None:
        messages.info(request, _("No term is active yet, so there is none to promote from."))
    elif not rules.leads_to(from_term, to_term):
        messages.info(
            request, _("Students are promoted from one odd or even term into a later one.")
        )
    if from_term is None or not rules.leads_to(from_term, to_term):
        return HttpResponseRedirect(back)
    if request.method == "POST":

        def effect() -> str:
            run = promotion.promote(from_term.pk, pk, by=by(request))
            return _("%(promoted)s students went up, %(graduated)s graduated.") % {
                "promoted": run.promoted,
                "graduated": run.graduated,
            }

        return deed(request, effect, back)
    context = {
        "heading": _("Promote the students into %(term)s?") % {"term": to_term},
        "crumbs": _crumbs(),
        "from_term": from_term,
        "to_term": to_term,
        "rows": _by_level(promotion.plan()),
        "promoted": activation.live_promotion(from_term, to_term),
        "today": timezone.localdate(),
        "once_form": OnceForm(auto_id=False),
    }
    return render(request, "academics/promote.html", context)


def _by_level(steps: list[promotion.Step]) -> list[dict[str, int]]:
    """Per level how many go up, graduate, or sit there as veterans."""
    rows = {
        level: {"level": level, "up": 0, "graduate": 0, "veterans": 0} for level in range(1, 8)
    }
    for step in steps:
        row = rows[step.from_level]
        row["graduate" if step.graduates else "up"] += 1
        row["veterans"] += step.to_veteran == promotion.ACTIVE
    return list(rows.values())


@require_POST
def promotion_revert(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    get_object_or_404(PromotionRun, pk=pk)

    def effect() -> str:
        promotion.revert(pk, by=by(request))
        return _("The promotion is taken back: everybody is where they were.")

    return deed(request, effect, reverse("academics:terms"))
