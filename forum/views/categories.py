"""Categories are made and changed by the office, on a page of the forum."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academics.views.edit import FormPage, form_response, submitted
from accounts.http import Request
from forum import rules
from forum.forms.categories import CategoryForm
from forum.models import ForumCategory
from forum.services.categories import change_category, make_category
from forum.views.common import category_or_404, refused


@require_http_methods(["GET", "HEAD", "POST"])
def category_new(request: Request) -> HttpResponse:
    if not rules.can_moderate(request.user):
        return _for_the_office(request)
    page = _page(_("New category"), "/forum/")
    if request.method != "POST":
        return form_response(request, page, CategoryForm())
    form = CategoryForm(request.POST)

    def effect() -> str:
        return make_category(actor=request.user, category=form.instance).get_absolute_url()

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def category_change(request: Request, slug: str) -> HttpResponse:
    category = category_or_404(request, slug)
    if not rules.can_moderate(request.user):
        return _for_the_office(request)
    address = category.get_absolute_url()
    page = _page(category.name, address)
    if request.method != "POST":
        return form_response(request, page, CategoryForm(instance=category))
    form = CategoryForm(request.POST, instance=category)

    def effect() -> str:
        change_category(actor=request.user, category=form.instance, version=form.seen_version)
        return address

    def again() -> CategoryForm:
        return CategoryForm(instance=ForumCategory.objects.get(pk=category.pk))

    return submitted(request, page, form, effect, again=again)


def _for_the_office(request: Request) -> HttpResponse:
    return refused(request, _("Categories are made by the academic office."))


def _page(heading: str, cancel: str) -> FormPage:
    return FormPage(
        heading=heading,
        submit=_("Save"),
        cancel=cancel,
        done=_("The category is saved."),
        crumbs=[(_("Forum"), "/forum/")],
    )
