from django.http import HttpRequest

from accounts.models import User
from accounts.session.reader import Reading


class Request(HttpRequest):
    """A request behind our middleware, for the type checker."""

    user: User  # type: ignore[assignment]
    reading: Reading
