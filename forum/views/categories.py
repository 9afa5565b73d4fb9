"""Categories are made and changed by the office, on a page of the forum."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from forum import rules
from forum.forms.categories import CategoryForm
from forum.models import ForumCategory
from forum.services.categories import make_category, save_category
from forum.views.common import UNPROCESSABLE, category_or_404, refused
from isme.lib.idempotency import once


@require_http_methods(["GET", "HEAD", "POST"])
def category_new(request: Request) -> HttpResponse:
    return _edited(request, ForumCategory())


@require_http_methods(["GET", "HEAD", "POST"])
def category_change(request: Request, slug: str) -> HttpResponse:
    return _edited(request, category_or_404(request, slug))


def _edited(request: Request, category: ForumCategory) -> HttpResponse:
    if not rules.can_moderate(request.user):
        return refused(request, _("Categories are made by the academic office."))
    before = category.name
    form = CategoryForm(request.POST or None, instance=category)
    if request.method == "POST" and form.is_valid():

        def effect() -> str:
            keep = save_category if category.slug else make_category
            return keep(actor=request.user, category=category).get_absolute_url()

        location = once(request.user.pk, f"{form.cleaned_data['idempotency_key']}", effect)
        messages.success(request, _("The category is saved."))
        return HttpResponseRedirect(location)
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "slug": category.slug, "name": before}
    return render(request, "forum/category_edit.html", context, status=status)
