"""Beginning and ending the one live session of a person, on its locked row."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.choices import SignInEventKind
from accounts.models import SignInEvent, SignInSession, User
from accounts.services.visit import Visit
from accounts.session import cookie as cookies
from accounts.session.cookie import Cookie
from isme.lib import writes


@dataclass(frozen=True)
class Begun:
    """A new session: its cookie, and whether the browser keeps it when it is closed."""

    cookie: Cookie
    remember: bool


def may_enter(user: User) -> bool:
    """Whether the account is open: active, and a demo account only where those are allowed."""
    return user.is_active and (settings.DEMO or not user.is_demo)


def begin(session: SignInSession, *, remember: bool, visit: Visit) -> Cookie:
    """Make ``session`` (locked, saved by its writer) the one of this device. No queries."""
    cookie = cookies.new(session.user_id)
    now = timezone.now()
    hours = settings.REMEMBERED_SESSION_HOURS if remember else settings.SESSION_HOURS
    session.secret_hash = cookie.hash
    session.device, session.place = visit.device, visit.place
    session.remembered = remember
    session.left_at = session.visit_before(now)
    session.started_at = session.seen_at = now
    session.expires_at = now + timedelta(hours=hours)
    session.data = {}
    return cookie


def end(session: SignInSession, *, is_told: bool = False) -> None:
    """Let no cookie fit any more; ``is_told``: its device learns at the door why. No queries."""
    session.previous_hash = session.secret_hash if is_told else ""
    session.secret_hash = ""
    session.data = {}


def note(user_id: int | None, kind: SignInEventKind, visit: Visit) -> None:
    """Add to the history of the person's door: one query."""
    writes.insert(event(user_id, kind, visit))


def event(user_id: int | None, kind: SignInEventKind, visit: Visit) -> SignInEvent:
    """What ``note`` adds, not saved."""
    return SignInEvent(user_id=user_id, kind=kind, device=visit.device, place=visit.place)
