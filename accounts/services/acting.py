"""Looking at ISME as somebody else: by super admins, in their own session, for half an hour.

Nobody is signed out for it and nothing can be changed with it (accounts.acting): the session of
the super admin only says whose pages they are looking at.
"""

import time

from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import NotAllowed
from accounts.models import User
from accounts.session import writer
from isme.lib import audit
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic

KEY = "acting"
MINUTES = 30


@retry_atomic
def start(*, actor: User, user_id: int, reason: str, origin: Origin) -> None:
    """Look as ``user_id`` from the next page on. Raises NotAllowed, User.DoesNotExist."""
    person = User.objects.get(pk=user_id)
    with writer.changing(actor.pk) as session:
        if not rules.can_act_as(session.user, person) or not session.secret_hash:
            raise NotAllowed(_("You can't act as this person."))
        facts = {"user": user_id, "until": int(time.time()) + MINUTES * 60}
        session.data = {**session.data, KEY: facts}
        audit.record(
            "acting.started",
            actor_id=actor.pk,
            subject=f"account:{user_id}",
            origin=origin,
            details={"reason": reason, "minutes": MINUTES},
        )


@retry_atomic
def stop(*, actor_id: int, origin: Origin, why: str) -> bool:
    """Be oneself again; False when one was. ``why`` is "asked" or what ended it."""
    with writer.changing(actor_id) as session:
        data = dict(session.data)
        facts = data.pop(KEY, None)
        if facts is None:
            return False
        session.data = data
        audit.record(
            "acting.ended",
            actor_id=actor_id,
            subject=f"account:{facts['user']}",
            origin=origin,
            details={"why": why},
        )
    return True
