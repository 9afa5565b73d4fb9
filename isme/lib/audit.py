"""What the faculty must be able to prove later: who did what, to whom, from where.

``record`` adds a job to the caller's transaction, so that an act and its record exist together;
a single writer (accounts.services.audit) appends it to the chained trail. It never blocks, and
nothing is lost while Redis or the workers are away.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from isme.lib import jobs

APPEND = "accounts.audit_append"
SHIPPED = "audit head"  # sign of life: the trail's end was mailed off the machine
MOST_DETAIL_CHARACTERS = 4000


@dataclass(frozen=True)
class Origin:
    """From where an act came: the client's address ("" for a command) and its device."""

    address: str = ""
    device: str = ""


def record(
    verb: str,
    *,
    actor_id: int | None,
    subject: str,
    origin: Origin | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Note that ``actor_id`` (None: a command or nobody known) did ``verb`` to ``subject``.

    ``verb`` reads "account.changed", ``subject`` "account:17". ``details`` must be JSON and hold
    no secret: values of passwords or tokens never belong there. One query, one ring.
    """
    origin = origin or Origin()
    text = json.dumps(details or {}, sort_keys=True, default=str)[:MOST_DETAIL_CHARACTERS]
    entry = secrets.token_hex(16)
    jobs.enqueue(
        APPEND,
        key=entry,
        fresh_key=True,
        entry=entry,
        verb=verb,
        actor_id=actor_id,
        subject=subject,
        address=origin.address,
        device=origin.device,
        details=text,
        at=timezone.now().isoformat(timespec="microseconds"),
    )
