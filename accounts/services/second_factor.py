"""The second factor: codes of an app (TOTP), and recovery codes on paper. pyotp counts the codes.

It never signs anybody in: accounts.services.sign_in asks it and begins the session.
"""

import hmac
import logging
import re
import secrets
import time

import pyotp
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.errors import AccountsError, CodeWrong, PasswordRefused, SecondFactorOn
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.services import notices, password_rules, sessions, throttle
from accounts.services.notices import Notice
from accounts.services.one_time import CHARACTERS
from accounts.services.passwords import confirm_password
from accounts.services.visit import Visit
from accounts.session import writer
from isme.lib import audit, sealed
from isme.lib.audit import Origin
from isme.lib.limits import Outcome
from isme.lib.transactions import retry_atomic

logger = logging.getLogger(__name__)
PURPOSE = "second factor"
STEP_SECONDS = 30
SKEW = (0, -1, 1)  # a phone's clock may be half a minute off
CODES = 10
HALF = 5
CODE = re.compile(r"[0-9]{6}")


@retry_atomic
def begin(*, user_id: int) -> None:
    """Make a secret that waits to be confirmed; a pending one stays. Raises SecondFactorOn."""
    User.objects.select_for_update().get(pk=user_id)
    found = SecondFactor.objects.filter(pk=user_id).first()
    if found is not None and found.confirmed_at is not None:
        raise SecondFactorOn(_("Your second factor is set up already."))
    if found is None:
        secret = sealed.seal(pyotp.random_base32(), purpose=PURPOSE)
        SecondFactor.objects.create(user_id=user_id, secret=secret)


def secret_of(factor: SecondFactor) -> str:
    return sealed.unseal(factor.secret, purpose=PURPOSE)


def address_for_app(factor: SecondFactor, name: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret_of(factor)).provisioning_uri(name=name, issuer_name="ISME")


@retry_atomic
def _confirm(user_id: int, code: str, origin: Origin) -> list[str]:
    with writer.changing(user_id) as session:
        factor = SecondFactor.objects.select_for_update().filter(pk=user_id).first()
        if factor is None or factor.confirmed_at is not None:
            raise SecondFactorOn(_("Your second factor is set up already."))
        step = _step_of(factor, code)
        if step is None:
            raise CodeWrong(_("That code doesn't fit. Is the clock of your phone right?"))
        factor.last_step, factor.confirmed_at = step, timezone.now()
        factor.save(update_fields=["last_step", "confirmed_at"])
        codes = _renew_codes(user_id)
        _record("second_factor.on", user_id, user_id, origin)
        notices.tell(session.user, Notice.SECOND_FACTOR_ON)
    return codes


def confirm(*, user_id: int, code: str, visit: Visit, origin: Origin) -> list[str]:
    """Turn the pending secret on, proved by a first code; return the recovery codes.

    They can be read only now. Raises CodeWrong, SignInHeld, SecondFactorOn.
    """
    attempt = throttle.begin_code(user_id, visit)
    codes = _confirm(user_id, code, origin)
    attempt.settle(Outcome.SUCCEEDED)
    return codes


@retry_atomic
def verify(*, user_id: int, code: str) -> bool:
    """Whether ``code`` fits and was never used. Using it is part of it.

    One UPDATE decides between two who type the same code at the same moment. Two queries. The
    caller limits the tries.
    """
    factor = SecondFactor.objects.filter(pk=user_id).first()
    if factor is None or factor.confirmed_at is None:
        return False
    step = _step_of(factor, code)
    if step is not None:
        unused = SecondFactor.objects.filter(pk=user_id, last_step__lt=step)
        return bool(unused.update(last_step=step))
    codes = RecoveryCode.objects.filter(user_id=user_id, code_hash=_hash(user_id, code))
    return bool(codes.filter(used_at=None).update(used_at=timezone.now()))


def _step_of(factor: SecondFactor, code: str) -> int | None:
    """The step of which ``code`` is, if it is newer than the last one used."""
    typed = code.replace(" ", "").strip()
    if not CODE.fullmatch(typed) or not typed.isascii():
        return None
    try:
        generator = pyotp.TOTP(secret_of(factor))
    except sealed.Unreadable:
        # SECRET_KEY was changed without a fallback: recovery codes are void too, the office helps.
        logger.exception("the second factor of account %s can't be read", factor.user_id)
        return None
    now = int(time.time()) // STEP_SECONDS
    fitting = [
        now + skew
        for skew in SKEW
        if hmac.compare_digest(generator.generate_otp(now + skew), typed)
    ]
    return next((step for step in fitting if step > factor.last_step), None)


def prove_code(*, user_id: int, code: str, visit: Visit) -> None:
    """``verify`` within the limit of tries. Raises CodeWrong, SignInHeld."""
    attempt = throttle.begin_code(user_id, visit)
    if not verify(user_id=user_id, code=code):
        raise CodeWrong(_("That code doesn't fit, or was used already."))
    attempt.settle(Outcome.SUCCEEDED)


def renew_recovery_codes(*, user_id: int, code: str, visit: Visit, origin: Origin) -> list[str]:
    """Replace all recovery codes, proved by a code of the app. Raises CodeWrong, SignInHeld."""
    prove_code(user_id=user_id, code=code, visit=visit)
    return _renew(user_id, origin)


@retry_atomic
def _renew(user_id: int, origin: Origin) -> list[str]:
    User.objects.select_for_update().get(pk=user_id)
    codes = _renew_codes(user_id)
    _record("second_factor.codes_renewed", user_id, user_id, origin)
    return codes


def remove(*, user_id: int, password: str, code: str, visit: Visit, origin: Origin) -> None:
    """Turn the second factor off, by password and code.

    Raises PasswordWrong, CodeWrong, SignInHeld, DoorBusy, AccountsError for a super admin who
    must have one, and PasswordRefused for a password that is too short without one.
    """
    user = confirm_password(user_id=user_id, password=password)
    if user.must_have_second_factor:
        raise AccountsError(_("Super admins must have a second factor."))
    least = password_rules.least_characters(user)
    if len(password) < least:
        text = _(
            "Without a second factor your password needs %(least)s characters. Change it first."
        )
        raise PasswordRefused(text % {"least": least})
    prove_code(user_id=user_id, code=code, visit=visit)
    _remove(user_id, user_id, origin, verb="second_factor.off")


@retry_atomic
def _remove(user_id: int, by: int | None, origin: Origin | None, *, verb: str) -> bool:
    with writer.changing(user_id) as session:
        deleted, _rows = SecondFactor.objects.filter(pk=user_id).delete()
        RecoveryCode.objects.filter(user_id=user_id).delete()
        if not deleted:
            return False
        if by != user_id:
            sessions.end(session, is_told=True)
            if session.user.role != Role.STUDENT:
                # It may be a short one, which only a second factor allowed.
                session.user.must_change_password = True
                session.user.save(update_fields=["must_change_password"])
        _record(verb, user_id, by, origin)
        notices.tell(session.user, Notice.SECOND_FACTOR_OFF)
    return True


def reset_second_factor(*, user_id: int, by: int | None, origin: Origin | None = None) -> bool:
    """Take the second factor of somebody whose phone is gone; False when there was none.

    Ends their session; they sign in with the password alone and, unless a student, choose a
    new one first. Who may do it is the caller's to ask (rules.can_reset_second_factor).
    """
    return _remove(user_id, by, origin, verb="second_factor.reset")


def _renew_codes(user_id: int) -> list[str]:
    codes = [_new_code() for _number in range(CODES)]
    RecoveryCode.objects.filter(user_id=user_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code)) for code in codes
    )
    return codes


def _new_code() -> str:
    """48 bits: with a key that the database doesn't know, a fast hash is enough."""
    halves = ["".join(secrets.choice(CHARACTERS) for _c in range(HALF)) for _h in "ab"]
    return "-".join(halves)


def _hash(user_id: int, code: str) -> str:
    plain = "".join(c for c in code.casefold() if c.isalnum())
    return salted_hmac("accounts.recovery", f"{user_id}|{plain}", algorithm="sha256").hexdigest()


def _record(verb: str, user_id: int, by: int | None, origin: Origin | None) -> None:
    audit.record(verb, actor_id=by, subject=f"account:{user_id}", origin=origin)
