"""Changing passwords: by the person who knows the present one, or by the office for one use."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import SignInEventKind
from accounts.errors import PasswordRefused, PasswordWrong
from accounts.models import User
from accounts.services import mailed_links, notices, one_time, password_rules, sessions, throttle
from accounts.services.hash_gate import gate
from accounts.services.notices import Notice
from accounts.services.sessions import Begun
from accounts.services.visit import Visit
from accounts.session import writer
from isme.lib import audit
from isme.lib.audit import Origin
from isme.lib.limits import Outcome
from isme.lib.transactions import retry_atomic


def confirm_password(*, user_id: int, password: str) -> User:
    """Return the account if ``password`` is its present one; at most 10 wrong ones in 15 min.

    Raises PasswordWrong, SignInHeld, DoorBusy. One query, two exchanges with the durable Redis.
    """
    user = User.objects.get(pk=user_id)
    attempt = throttle.begin_confirmation(user_id)
    try:
        with gate.turn():
            fits = len(password) <= settings.PASSWORD_MOST and check_password(
                one_time.as_issued(password, user), user.password
            )
    except BaseException:
        attempt.settle(Outcome.UNTRIED)
        raise
    if not fits:
        raise PasswordWrong(_("That is not your present password."))
    attempt.settle(Outcome.SUCCEEDED)
    return user


def change_password(*, user_id: int, current: str, new: str, visit: Visit) -> Begun:
    """Replace the password; every session ends, and this device gets a new one.

    Raises PasswordWrong, PasswordRefused, SignInHeld, DoorBusy.
    """
    user = confirm_password(user_id=user_id, password=current)
    if one_time.as_issued(new, user) == one_time.as_issued(current, user):
        raise PasswordRefused(_("That is the password you have now. Use another."))
    password_rules.check(new, user=user, least=password_rules.least_now(user_id))
    with gate.turn():
        encoded = make_password(new)
    return _replace(user, encoded, visit)


@retry_atomic
def _replace(user: User, encoded: str, visit: Visit) -> Begun:
    with writer.changing(user.pk) as session:
        if session.user.password != user.password:  # changed while we hashed
            raise PasswordWrong(_("That is not your present password."))
        set_password(session.user, encoded)
        remember = session.remembered
        session.previous_hash = ""
        cookie = sessions.begin(session, remember=remember, visit=visit)
        sessions.note(user.pk, SignInEventKind.PASSWORD, visit)
        origin = Origin(address=visit.address, device=visit.device)
        subject = f"account:{user.pk}"
        audit.record("password.changed", actor_id=user.pk, subject=subject, origin=origin)
        notices.tell(session.user, Notice.PASSWORD_CHANGED)
    return Begun(cookie, remember)


def set_password(user: User, encoded: str, *, one_time_days: int | None = None) -> None:
    """Store a hash in the locked ``user``; a one-time one must be replaced and expires."""
    user.password = encoded
    user.must_change_password = one_time_days is not None
    user.password_expires_at = (
        None if one_time_days is None else timezone.now() + timedelta(days=one_time_days)
    )
    user.save(update_fields=["password", "must_change_password", "password_expires_at"])
    mailed_links.void(user.pk, *mailed_links.OPENING)


def issue_one_time_password(*, user_id: int, by: int | None, origin: Origin | None = None) -> str:
    """Give ``user_id`` a password that is good for signing in once and choosing an own one.

    Returns it: this is the only moment in which it can be read. Ends the person's session at
    once; after ONE_TIME_PASSWORD_DAYS it lets nobody in. ``by`` (None: a command) goes into the
    audit trail; who may do it is the caller's to ask. Raises User.DoesNotExist. Queries: 9.
    """
    password = one_time.new()
    encoded = make_password(password)
    _issue(user_id, encoded, by=by, origin=origin)
    return password


@retry_atomic
def _issue(user_id: int, encoded: str, *, by: int | None, origin: Origin | None) -> None:
    with writer.changing(user_id) as session:
        set_password(session.user, encoded, one_time_days=settings.ONE_TIME_PASSWORD_DAYS)
        sessions.note(user_id, SignInEventKind.ISSUED, Visit(device="", place=""))
        sessions.end(session, is_told=True)
        subject = f"account:{user_id}"
        audit.record("password.issued", actor_id=by, subject=subject, origin=origin)
