from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from accounts.middleware import to_sign_in
from isme.lib import desk

NOT_OURS = frozenset({"actstream", "auth"})


class AdminSite(admin.AdminSite):
    """Django admin behind our door: one way to sign in, and one way to sign out."""

    site_title = site_header = "ISME"
    index_title = _("Administration")
    site_url = "/dashboard/"

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Leave out what libraries put there: rights are roles, and streams have their pages."""
        models: Any = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        )
        ours = [model for model in models if model._meta.app_label not in NOT_OURS]
        super().register(ours, *args, **options)

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The models, and beside them how things stand (isme.lib.desk)."""
        return super().index(request, {**(extra_context or {}), "panels": desk.rendered()})

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return HttpResponseRedirect("/admin/")
        return to_sign_in(request)
