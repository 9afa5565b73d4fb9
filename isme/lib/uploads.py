"""What a person may upload: how often, and how much in all.

A form that takes files hands over who sends them, and shows the refusal at its field:

    files.check(upload, kind=KIND)                          # looks at the file only
    uploads.check(upload, kind=KIND, owner_id=user.pk)      # and at what its owner may

A view that takes files without such a form wears ``@uploads.limited``: over the rate it answers
429 and says when to come again.
"""

import functools
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from isme.lib import files
from isme.lib.errors import error_page
from isme.lib.models import StoredFile
from isme.lib.rates import Rate, seconds_to_wait

View = Callable[..., HttpResponse]
MINUTE = 60
RATE = Rate("uploads", 60, 10 * MINUTE)


def check(
    upload: UploadedFile, *, kind: str, owner_id: int, replaces: int | None = None
) -> files.Checked:
    """files.check, within the rate and the room of ``owner_id``. Raises files.BadFile.

    ``replaces``: the stored file that goes away for this one. 1 query, 1 exchange or 2. Two at the
    same moment don't see each other: the room may be exceeded by what the rate lets through.
    """
    wait = seconds_to_wait(HttpRequest(), RATE, str(owner_id))
    if wait:
        raise files.BadFile(_too_often(wait))
    room = left(owner_id, without=replaces)
    if (upload.size or 0) > room:
        raise files.BadFile(
            _("You have room for %(room)s more. Delete files that you no longer need.")
            % {"room": filesizeformat(max(room, 0))}
        )
    return files.check(upload, kind=kind)


def left(owner_id: int, *, without: int | None = None) -> int:
    """The bytes that ``owner_id`` may still store, below 0 when the limit was lowered: 1 query."""
    rows = StoredFile.objects.filter(owner_id=owner_id).exclude(pk=without or 0)
    return settings.UPLOAD_ROOM_BYTES - (rows.aggregate(sum=Sum("size"))["sum"] or 0)


def limited(view: View) -> View:
    """Count each request of ``view`` that brings files against the rate of who is signed in."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        wait = seconds_to_wait(request, RATE, str(request.user.pk)) if request.FILES else 0
        if not wait:
            return view(request, *args, **kwargs)
        response = error_page(request, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(wait)
        return response

    return run


def _too_often(wait: int) -> str:
    minutes = max(1, round(wait / MINUTE))
    return ngettext(
        "You have sent many files. Try again in %(minutes)d minute.",
        "You have sent many files. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
