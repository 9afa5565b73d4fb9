"""Signing in and out. The newest sign-in wins; the database is what makes it one."""

import secrets

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.choices import SignInEventKind
from accounts.errors import (
    CodeWrong,
    DoorBusy,
    SecondFactorDue,
    SignInDelayed,
    SignInRefused,
    StageOver,
)
from accounts.models import User
from accounts.selectors.logins import find_user
from accounts.services import (
    door_audit,
    old_hashes,
    one_time,
    second_factor,
    sessions,
    throttle,
)
from accounts.services.hash_gate import gate
from accounts.services.sessions import Begun
from accounts.services.visit import Visit
from accounts.session import stage as stages
from accounts.session import writer
from accounts.session.cookie import Cookie
from accounts.session.stage import Stage
from isme.lib import hooks, writes
from isme.lib.limits import Outcome
from isme.lib.transactions import retry_atomic

__all__ = ["Visit", "finish", "sign_in", "sign_out"]


def sign_in(*, login: str, password: str, remember: bool, visit: Visit) -> Cookie:
    """Return the cookie of a new live session; any older one of the person ends at once.

    Raises SignInRefused, the same and after the same work for an unknown name, a wrong
    password and an inactive account; SignInDelayed before any of that work; SecondFactorDue
    when the password fits and a code is asked for too: nothing has begun or ended then. DoorBusy
    where all places before the hashes are taken, mostly before any query.
    Queries: 1 narrow one, then 6 with the transaction; 3 for a refusal. Redis: 3 exchanges on the
    durable one.
    """
    try:
        gate.require_place()
        return _tried(login, password, remember=remember, visit=visit)
    except DoorBusy:
        door_audit.busy()
        raise


def _tried(login: str, password: str, *, remember: bool, visit: Visit) -> Cookie:
    user = find_user(login)
    subject = throttle.subject_of(user.pk if user else None, login)
    try:
        attempt = throttle.begin(user.pk if user else None, login, visit)
    except SignInDelayed:
        door_audit.held(subject, visit)
        raise
    usable = user if user and sessions.may_enter(user) else None
    try:
        with gate.turn():
            fits = _password_fits(usable, password)
    except DoorBusy:
        attempt.settle(Outcome.UNTRIED)
        raise
    if usable is None or not fits:
        sessions.note(user.pk if user else None, SignInEventKind.REFUSED, visit)
        door_audit.refused(subject, visit)
        raise SignInRefused(_("That name and password don't fit together."))
    _require_unexpired(usable)
    if usable.has_second_factor:
        attempt.settle(Outcome.SUCCEEDED)
        raise SecondFactorDue(stages.make(usable, remember=remember))
    cookie = _start(usable, remember=remember, visit=visit)
    attempt.settle(Outcome.SUCCEEDED)
    return cookie


def finish(*, stage: str, code: str, visit: Visit) -> Begun:
    """The second half: return a new session for who gave the password and now a code.

    Raises StageOver, CodeWrong, SignInHeld. Queries: 1, 3 or 4 for the code, 6 for the session.
    """
    facts = stages.read(stage)
    people = User.objects.select_related("second_factor")
    user = people.filter(pk=facts.user_id).first() if facts else None
    if facts is None or user is None or not _may_finish(user, facts):
        raise StageOver(_("That took too long. Sign in again."))
    attempt = throttle.begin_code(user.pk, visit)
    if not second_factor.verify(user_id=user.pk, code=code):
        sessions.note(user.pk, SignInEventKind.CODE, visit)
        door_audit.code_refused(user.pk, visit)
        raise CodeWrong(_("That code doesn't fit, or was used already."))
    cookie = _start(user, remember=facts.remember, visit=visit)
    attempt.settle(Outcome.SUCCEEDED)
    return Begun(cookie, facts.remember)


def _may_finish(user: User, facts: Stage) -> bool:
    fits = constant_time_compare(stages.fingerprint(user), facts.fingerprint)
    return fits and sessions.may_enter(user) and user.has_second_factor


def _password_fits(usable: User | None, password: str) -> bool:
    """One hash for everybody; as long for all who are refused (old_hashes.even_out)."""
    encoded = usable.password if usable else _nobodys_hash()
    if len(password) > settings.PASSWORD_MOST:
        return False
    if usable is not None:
        password = one_time.as_issued(password, usable)
    fits = check_password(password, encoded)
    if usable is None or not fits:
        old_hashes.even_out(password, encoded)
        return False
    old_hashes.upgrade(usable, password)
    return True


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
        events = [sessions.event(user.pk, SignInEventKind.SIGNED_IN, visit)]
        if session.secret_hash:
            displaced = Visit(session.device, session.place)
            events.insert(0, sessions.event(user.pk, SignInEventKind.DISPLACED, displaced))
        session.previous_hash = session.secret_hash
        # Told of a device that never signed in to this account, unless it is the first of all.
        if session.started_at is not None and user.pk not in dict(visit.known):
            hooks.new_device(user.pk, visit.device, visit.place)
        cookie = sessions.begin(session, remember=remember, visit=visit)
        writes.insert(*events)
        door_audit.signed_in(user.pk, visit)
    return cookie


@retry_atomic
def sign_out(*, cookie: Cookie, visit: Visit) -> None:
    """End the session of ``cookie``; harmless when it isn't live any more. Queries: 5."""
    with writer.changing(cookie.user_id) as session:
        if session.secret_hash == cookie.hash:
            sessions.end(session)
            sessions.note(cookie.user_id, SignInEventKind.SIGNED_OUT, visit)
