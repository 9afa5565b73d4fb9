"""Ending other people's sessions: by the office or an operator, at once and on the record."""

from collections.abc import Iterator

from django.utils import timezone

from accounts.canonical import canonical
from accounts.choices import SignInEventKind
from accounts.models import Identifier, SignInEvent, SignInSession
from accounts.services import sessions
from accounts.session import writer
from isme.lib import audit
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic


@retry_atomic
def force_logout(*, user_id: int, by: int | None = None, origin: Origin | None = None) -> bool:
    """End the live session of ``user_id``; return whether there was one.

    ``by`` is the account that does it (None: a command); the audit trail keeps it. Takes effect
    with the next request of the person, on every process; the door of that device says why.
    Raises User.DoesNotExist. Queries: 8.
    """
    with writer.changing(user_id) as session:
        if not session.secret_hash:
            return False
        SignInEvent.objects.create(
            user_id=user_id,
            kind=SignInEventKind.ENDED,
            device=session.device,
            place=session.place,
        )
        sessions.end(session, is_told=True)
        subject = f"account:{user_id}"
        audit.record("session.ended", actor_id=by, subject=subject, origin=origin)
    return True


def find_account(login: str) -> int | None:
    """The account of an identifier of any kind, by one query; None for a name that nobody has."""
    name = canonical(login)
    if not name:
        return None
    found: int | None = (
        Identifier.objects.filter(value=name).values_list("user_id", flat=True).first()
    )
    return found


def signed_in_accounts() -> Iterator[int]:
    """Everybody who has a live session, in batches."""
    live = SignInSession.objects.exclude(secret_hash="").filter(expires_at__gt=timezone.now())
    return live.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=1000)
