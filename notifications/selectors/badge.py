"""How many notifications a person has not read: exact, and free of queries while warm.

``n:{uid}`` in the cache comes with the page's one exchange. Whatever changes the number deletes
the key after its commit; the next miss counts once, under a lease.
"""

import random
from collections.abc import Iterable

from django.db import transaction

from isme.lib import leases
from isme.lib.kept import note_wrong
from notifications.models import Notification

KEPT_SECONDS = (120, 180)
CARD = "notices"  # the block of home pages that shows the unread


def key(user_id: int) -> str:
    return f"n:{user_id}"


def _lease_key(user_id: int) -> str:
    return f"ln:{user_id}"


def count(user_id: int) -> int:
    """One query, answered by an index alone."""
    return Notification.objects.filter(person_id=user_id, deleted_at=None, read_at=None).count()


def unread(user_id: int, raw: bytes | None, *, cached: bool) -> int:
    """The number, from ``raw`` (what the cache had) or counted and kept.

    ``cached`` says whether the cache answered at all. A miss: one query, two exchanges.
    """
    if raw is not None:
        return int(raw)
    if not cached:
        return count(user_id)
    token = leases.take(_lease_key(user_id))
    number = count(user_id)
    seconds = random.randint(*KEPT_SECONDS)  # noqa: S311 (jitter)
    leases.store(key(user_id), _lease_key(user_id), token, str(number).encode(), seconds=seconds)
    return number


def forget_after_commit(user_ids: Iterable[int]) -> None:
    """Let the next page of these people count anew, once the transaction is committed.

    A cache that can't be told keeps an old number for three minutes at most.
    """
    ids = list(user_ids)
    transaction.on_commit(lambda: forget(ids), robust=True)


def forget(user_ids: Iterable[int]) -> None:
    """Also the card of their home pages that shows what is new. Two exchanges, however many."""
    ids = list(user_ids)
    leases.drop([name for pk in ids for name in (key(pk), _lease_key(pk))])
    note_wrong(ids, CARD)
