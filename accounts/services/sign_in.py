"""Signing in and out. The newest sign-in wins; the database is what makes it one."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.canonical import canonical
from accounts.choices import SignInEventKind
from accounts.errors import DoorBusy, SignInRefused
from accounts.models import Identifier, SignInEvent, SignInSession, User
from accounts.services import throttle
from accounts.services.hash_gate import gate
from accounts.services.visit import Visit
from accounts.session import cookie as cookies
from accounts.session import writer
from accounts.session.cookie import Cookie
from isme.lib.limits import Outcome
from isme.lib.transactions import retry_atomic

__all__ = ["Visit", "sign_in", "sign_out"]

MOST_PASSWORD_CHARACTERS = 1024


def sign_in(*, login: str, password: str, remember: bool, visit: Visit) -> Cookie:
    """Return the cookie of a new live session; any older one of the person ends at once.

    Raises SignInRefused, the same and after the same work for an unknown name, a wrong
    password and an inactive account; SignInDelayed before any of that work.
    Queries: 1 narrow one, then 6 in the transaction. Redis: 2 exchanges on the durable one.
    """
    user = _find(login)
    attempt = throttle.begin(user.pk if user else None, login, visit)
    usable = user if user and _may_enter(user) else None
    encoded = usable.password if usable else _nobodys_hash()
    try:
        with gate.turn():
            fits = len(password) <= MOST_PASSWORD_CHARACTERS and check_password(password, encoded)
    except DoorBusy:
        attempt.settle(Outcome.UNTRIED)
        raise
    if usable is None or not fits:
        if user is not None:
            _record(user.pk, SignInEventKind.REFUSED, visit)
        raise SignInRefused(_("That name and password don't fit together."))
    cookie = _start(usable, remember=remember, visit=visit)
    attempt.settle(Outcome.SUCCEEDED)
    return cookie


def _find(login: str) -> User | None:
    """The account of an identifier of any kind: one query by a unique index."""
    name = canonical(login)
    if not name:
        return None
    found = Identifier.objects.select_related("user").filter(value=name).first()
    return found.user if found else None


def _may_enter(user: User) -> bool:
    return user.is_active and (settings.DEMO or not user.is_demo)


_NOBODY: list[str] = []


def _nobodys_hash() -> str:
    """A hash that fits nobody, so that an unknown name costs the same work as a wrong password."""
    if not _NOBODY:
        _NOBODY.append(make_password(secrets.token_urlsafe()))
    return _NOBODY[0]


@retry_atomic
def _start(user: User, *, remember: bool, visit: Visit) -> Cookie:
    cookie = cookies.new(user.pk)
    now = timezone.now()
    with writer.changing(user.pk) as session:
        current = session.user
        # Changed while we hashed: that change came first, so this sign-in comes too late.
        if current.password != user.password or not _may_enter(current):
            raise SignInRefused(_("That name and password don't fit together."))
        if session.secret_hash:
            _record(user.pk, SignInEventKind.DISPLACED, Visit(session.device, session.place))
        session.previous_hash = session.secret_hash
        session.secret_hash = cookie.hash
        session.device, session.place = visit.device, visit.place
        session.remembered = remember
        session.started_at = session.seen_at = now
        session.expires_at = now + _lifetime(remember=remember)
        session.data = {}
        _record(user.pk, SignInEventKind.SIGNED_IN, visit)
    return cookie


@retry_atomic
def sign_out(*, cookie: Cookie, visit: Visit) -> None:
    """End the session of ``cookie``; harmless when it isn't live any more. Queries: 5."""
    with writer.changing(cookie.user_id) as session:
        if session.secret_hash == cookie.hash:
            _end(session)
            _record(cookie.user_id, SignInEventKind.SIGNED_OUT, visit)


def _end(session: SignInSession) -> None:
    session.secret_hash = session.previous_hash = ""
    session.data = {}


def _lifetime(*, remember: bool) -> timedelta:
    hours = settings.REMEMBERED_SESSION_HOURS if remember else settings.SESSION_HOURS
    return timedelta(hours=hours)


def _record(user_id: int, kind: SignInEventKind, visit: Visit) -> None:
    SignInEvent.objects.create(user_id=user_id, kind=kind, device=visit.device, place=visit.place)
