"""Signing in and out. The newest sign-in wins; the database is what makes it one."""

import secrets

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import SignInEventKind
from accounts.errors import DoorBusy, SignInDelayed, SignInRefused
from accounts.models import User
from accounts.selectors.logins import find_user
from accounts.services import door_audit, sessions, throttle
from accounts.services.hash_gate import gate
from accounts.services.visit import Visit
from accounts.session import writer
from accounts.session.cookie import Cookie
from isme.lib.limits import Outcome
from isme.lib.transactions import retry_atomic

__all__ = ["Visit", "sign_in", "sign_out"]


def sign_in(*, login: str, password: str, remember: bool, visit: Visit) -> Cookie:
    """Return the cookie of a new live session; any older one of the person ends at once.

    Raises SignInRefused, the same and after the same work for an unknown name, a wrong
    password and an inactive account; SignInDelayed before any of that work.
    Queries: 1 narrow one, then 8 in the transaction. Redis: 3 exchanges on the durable one.
    """
    user = find_user(login)
    subject = throttle.subject_of(user.pk if user else None, login)
    try:
        attempt = throttle.begin(user.pk if user else None, login, visit)
    except SignInDelayed:
        door_audit.held(subject, visit)
        raise
    usable = user if user and sessions.may_enter(user) else None
    encoded = usable.password if usable else _nobodys_hash()
    try:
        with gate.turn():
            fits = len(password) <= settings.PASSWORD_MOST and check_password(password, encoded)
    except DoorBusy:
        attempt.settle(Outcome.UNTRIED)
        raise
    if usable is None or not fits:
        if user is not None:
            sessions.note(user.pk, SignInEventKind.REFUSED, visit)
        door_audit.refused(subject, visit)
        raise SignInRefused(_("That name and password don't fit together."))
    _require_unexpired(usable)
    cookie = _start(usable, remember=remember, visit=visit)
    attempt.settle(Outcome.SUCCEEDED)
    return cookie


def _require_unexpired(user: User) -> None:
    """Only who knows the password learns that it is too old. Raises SignInRefused."""
    expires = user.password_expires_at
    if expires is not None and expires <= timezone.now():
        raise SignInRefused(
            _("That one-time password has expired. Ask the academic office for a new one.")
        )


_NOBODY: list[str] = []


def _nobodys_hash() -> str:
    """A hash that fits nobody, so that an unknown name costs the same work as a wrong password."""
    if not _NOBODY:
        _NOBODY.append(make_password(secrets.token_urlsafe()))
    return _NOBODY[0]


@retry_atomic
def _start(user: User, *, remember: bool, visit: Visit) -> Cookie:
    with writer.changing(user.pk) as session:
        current = session.user
        # Changed while we hashed: that change came first, so this sign-in comes too late.
        if current.password != user.password or not sessions.may_enter(current):
            raise SignInRefused(_("That name and password don't fit together."))
        if session.secret_hash:
            displaced = Visit(session.device, session.place)
            sessions.note(user.pk, SignInEventKind.DISPLACED, displaced)
        session.previous_hash = session.secret_hash
        cookie = sessions.begin(session, remember=remember, visit=visit)
        sessions.note(user.pk, SignInEventKind.SIGNED_IN, visit)
        door_audit.signed_in(user.pk, visit)
    return cookie


@retry_atomic
def sign_out(*, cookie: Cookie, visit: Visit) -> None:
    """End the session of ``cookie``; harmless when it isn't live any more. Queries: 5."""
    with writer.changing(cookie.user_id) as session:
        if session.secret_hash == cookie.hash:
            sessions.end(session)
            sessions.note(cookie.user_id, SignInEventKind.SIGNED_OUT, visit)
