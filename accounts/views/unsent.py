"""What was sent when the session was over: shown after signing in, to be sent or let go."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from accounts.session import unsent as waiting

# Of the form's machinery: sent again, not shown.
HIDDEN = {"idempotency_key", "next"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: Request) -> HttpResponse:
    """Show it; a POST lets it go (whatever one sends takes the cookie away)."""
    found = waiting.read(request, request.user.pk)
    if request.method == "POST":
        return HttpResponseRedirect((found and found.page) or "/dashboard/")
    if found is None:
        return redirect("dashboard:home")
    shown = [(name, value) for name, value in found.fields if name not in HIDDEN and value]
    return render(request, "accounts/unsent.html", {"unsent": found, "shown": shown})
