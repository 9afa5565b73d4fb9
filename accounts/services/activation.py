"""Closing an account and opening it again. Nothing is deleted: history points at it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import NotAllowed
from accounts.models import User
from accounts.services import sessions
from accounts.services.accounts import PEOPLE
from accounts.session import writer
from isme.lib import audit, versions
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic


@retry_atomic
def deactivate(*, user_id: int, reason: str, actor: User, origin: Origin) -> bool:
    """Close the account and end its session, at once everywhere; False when it was closed.

    Locks both accounts in the order of their numbers, so that of two super admins who close
    each other's at the same moment one stays. Raises NotAllowed, User.DoesNotExist.
    """
    locked = _locked(user_id, actor)
    if not rules.can_deactivate(locked[actor.pk], locked[user_id]):
        raise NotAllowed(_("You can't deactivate this account."))
    with writer.changing(user_id) as session:
        user = session.user
        if not user.is_active:
            return False
        user.is_active = False
        user.deactivated_at, user.deactivated_by_id = timezone.now(), actor.pk
        user.deactivation_reason = reason
        _save(user)
        sessions.end(session)
        _record("account.deactivated", user, actor, origin, {"reason": reason})
    return True


@retry_atomic
def restore(*, user_id: int, actor: User, origin: Origin) -> bool:
    """Open the account again; False when it was open. Raises NotAllowed, User.DoesNotExist."""
    locked = _locked(user_id, actor)
    if not rules.can_restore(locked[actor.pk], locked[user_id]):
        raise NotAllowed(_("You can't restore this account."))
    with writer.changing(user_id) as session:
        user = session.user
        if user.is_active:
            return False
        user.is_active = True
        user.deactivated_at = user.deactivated_by_id = None
        user.deactivation_reason = ""
        _save(user)
        _record("account.restored", user, actor, origin, {})
    return True


def _locked(user_id: int, actor: User) -> dict[int, User]:
    """Both accounts as they are now, locked. Raises User.DoesNotExist, NotAllowed."""
    pks = {user_id, actor.pk}
    rows = User.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    found = {row.pk: row for row in rows}
    if user_id not in found:
        raise User.DoesNotExist
    if actor.pk not in found or not found[actor.pk].is_active:
        raise NotAllowed(_("Your own account was closed meanwhile."))
    return found


def _save(user: User) -> None:
    user.version += 1
    user.save(
        update_fields=[
            "is_active",
            "deactivated_at",
            "deactivated_by",
            "deactivation_reason",
            "version",
        ]
    )
    versions.bump(PEOPLE)


def _record(
    verb: str, user: User, actor: User, origin: Origin, details: dict[str, object]
) -> None:
    subject = f"account:{user.pk}"
    audit.record(verb, actor_id=actor.pk, subject=subject, origin=origin, details=details)
