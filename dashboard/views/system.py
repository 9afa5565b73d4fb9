"""What super admins may do about the system from their home page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.choices import Role
from accounts.http import Request
from dashboard.services.system import retry_failed_jobs
from isme.lib import home
from isme.lib.audit import Origin
from isme.lib.http import client_ip, device_of


@require_POST
def jobs_retry(request: Request) -> HttpResponse:
    if request.user.role != Role.SUPER_ADMIN:
        raise PermissionDenied
    origin = Origin(client_ip(request), device_of(request))
    count = retry_failed_jobs(by=request.user.pk, origin=origin)
    home.forget([request.user.pk])
    text = ngettext("%(count)d job is tried again.", "%(count)d jobs are tried again.", count)
    messages.success(request, text % {"count": count})
    return redirect("dashboard:home")
