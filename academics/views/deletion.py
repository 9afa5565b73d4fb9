"""The question before a row is deleted, and the deed."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from academics.errors import AcademicsError
from academics.services import rows
from academics.views.edit import Crumbs, by
from accounts.http import Request
from isme.lib.idempotency import OnceForm


def delete_page(  # noqa: PLR0913 (each names itself)
    request: Request,
    row: Model,
    *,
    back: str,
    crumbs: Crumbs,
    away: str = "",
    text: str = "",
    delete: Callable[..., None] = rows.delete,
) -> HttpResponse:
    """Ask (GET) or delete (POST). What others hang on stays, and the page says what hangs.

    ``away``: where to go when it is gone, if the way back went with it. ``text``: what goes with
    it. ``delete``: the service.
    """
    name = str(row)
    if request.method == "POST":
        try:
            delete(row, by=by(request))
        except AcademicsError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(back)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
        return HttpResponseRedirect(away or back)
    context = {
        "crumbs": crumbs,
        "title": _("Delete “%(name)s”?") % {"name": name},
        "text": text or _("Nothing else hangs on it, or it stays. This can't be undone."),
        "action": request.path,
        "submit": _("Delete it"),
        "keep": _("Not now"),
        "keep_address": back,
        "form": OnceForm(),
    }
    return render(request, "academics/delete.html", context)
