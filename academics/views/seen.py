"""Notices count as read once the page that they lead to was opened."""

from collections.abc import Collection

from academics import notices
from accounts.http import Request
from notifications.services import inbox
from notifications.views.bell import may_have_unread


def seen(request: Request, about: str) -> None:
    """Mark what is unread about ``about`` as read: no query where nothing of it is unread."""
    if request.method == "GET" and may_have_unread(request, about):
        inbox.seen(person_id=request.user.pk, about=about)


def seen_kinds(request: Request, kinds: Collection[str]) -> None:
    """The same for every notice of ``kinds``: what a page shows whatever they are about."""
    if request.method == "GET" and may_have_unread(request, *kinds):
        inbox.seen_kinds(person_id=request.user.pk, kinds=kinds)


def profile_seen(request: Request) -> None:
    """One's own profile shows the study level, and that one has graduated."""
    seen_kinds(request, notices.OF_PROFILE)
