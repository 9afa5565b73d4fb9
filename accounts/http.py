from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.session.reader import Reading
from isme.lib.audit import Origin
from isme.lib.http import client_ip, device_of


class Request(HttpRequest):
    """A request behind our middleware, for the type checker."""

    acting: Any  # accounts.acting.Acting, only while somebody looks as somebody else

    user: User  # type: ignore[assignment]
    reading: Reading


def origin_of(request: HttpRequest) -> Origin:
    """From where ``request`` comes, for the audit trail."""
    return Origin(address=client_ip(request), device=device_of(request))
