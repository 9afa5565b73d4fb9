"""The answer to whoever must wait: the form again, when to come back, nothing of a secret."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.forms import Form
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import SignInDelayed

MINUTE = 60


def delayed(form: Form, delay: SignInDelayed, show: Callable[[int], HttpResponse]) -> HttpResponse:
    """``show(status)`` with the reason in ``form``: 429 over a limit, 503 when all are busy."""
    if delay.status == HTTPStatus.SERVICE_UNAVAILABLE:
        reason = _("Very many people are here just now. Try again in a few seconds.")
    else:
        # Rounded up to a minute: nobody who waits as told comes too early.
        at = timezone.localtime() + timedelta(seconds=delay.seconds + MINUTE - 1)
        reason = _("Too many wrong tries. Try again at %(at)s WIB.") % {
            "at": date_format(at, "H.i")
        }
    form.add_error(None, reason)
    response = show(delay.status)
    response["Retry-After"] = str(delay.seconds)
    return response
