"""Notices count as read once the page that they lead to was opened."""

from accounts.http import Request
from notifications.services import inbox
from notifications.views.bell import unread_of


def seen(request: Request, about: str) -> None:
    """Mark what is unread about ``about`` as read: no query for who has nothing unread."""
    if request.method == "GET" and unread_of(request):
        inbox.seen(person_id=request.user.pk, about=about)
