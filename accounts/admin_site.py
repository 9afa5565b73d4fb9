from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from accounts.middleware import to_sign_in


class AdminSite(admin.AdminSite):
    """Django admin behind our door: one way to sign in, and one way to sign out."""

    site_title = site_header = "ISME"
    index_title = _("Administration")
    site_url = "/dashboard/"

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return HttpResponseRedirect("/admin/")
        return to_sign_in(request)
