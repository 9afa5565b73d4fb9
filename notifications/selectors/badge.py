"""How many notifications a person has not read, and of what: exact, free of queries while warm.

``n:{uid}`` in the cache comes with the page's one exchange. Whatever changes the number deletes
the key after its commit; the next miss reads once, under a lease.
"""

import random
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from isme.lib import home, leases
from isme.lib.kept import note_wrong
from notifications.models import Notice, Notification
from notifications.selectors import inbox, newest

# Longer than the card of home pages lasts: the query that makes it anew tells both.
KEPT_SECONDS = (home.LASTING + 30, home.LASTING + 60)
MOST_KNOWN = 50  # unread ones of which it is kept what they are about
ABOUT, KIND = inbox.COLUMNS.index("about"), inbox.COLUMNS.index("kind")
CARD = "notices"  # the block of home pages that shows the unread


def key(user_id: int) -> str:
    return f"n:{user_id}"


def _lease_key(user_id: int) -> str:
    return f"ln:{user_id}"


class Unread(NamedTuple):
    """How many there are; ``of`` is what they are about and their kinds, None for too many."""

    number: int
    of: frozenset[str] | None = None

    def may_have(self, words: Collection[str]) -> bool:
        """Whether one of them can be about one of ``words``, or of such a kind."""
        if self.of is None:
            return self.number > 0
        return not self.of.isdisjoint(words)

    def to_bytes(self) -> bytes:
        return "\n".join(
            [str(self.number), *sorted(self.of)] if self.of else [str(self.number)]
        ).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Unread":
        number, *of = raw.decode().split("\n")
        return cls(int(number), frozenset(of) if of or number == "0" else None)


def count(user_id: int) -> int:
    """One query, answered by an index alone."""
    return _unread(user_id).count()


def _unread(user_id: int) -> QuerySet[Notification]:
    return Notification.objects.filter(person_id=user_id, deleted_at=None, read_at=None)


def read(user_id: int) -> Unread:
    """The same from the database: one query; a second for who has more than MOST_KNOWN."""
    notice = Notice.objects.filter(pk=OuterRef("notice_id"))
    rows = _unread(user_id).annotate(about=Subquery(notice.values("about"))).order_by()
    found = list(rows.values_list("about", "kind")[: MOST_KNOWN + 1])
    if len(found) > MOST_KNOWN:
        return Unread(count(user_id))
    return Unread(len(found), frozenset(word for row in found for word in row))


def unread(user_id: int, raw: bytes | None, *, cached: bool) -> Unread:
    """From ``raw`` (what the cache had), or read and kept.

    ``cached`` says whether the cache answered at all. A miss: one query (``read``), two exchanges.
    """
    if raw is not None:
        return Unread.from_bytes(raw)
    if not cached:
        return read(user_id)
    token = leases.take(_lease_key(user_id))
    found = read(user_id)
    _keep(user_id, token, found)
    return found


def _keep(user_id: int, token: str, found: Unread) -> None:
    seconds = random.randint(*KEPT_SECONDS)  # noqa: S311 (jitter)
    leases.store(key(user_id), _lease_key(user_id), token, found.to_bytes(), seconds=seconds)


def with_lines(user_id: int) -> tuple[Unread, list[Any]]:
    """What is unread, kept as ``unread`` keeps it, and its newest lines: one query for both.

    A second for who has more than MOST_KNOWN; two exchanges.
    """
    token = leases.take(_lease_key(user_id))
    rows = inbox.newest_unread(MOST_KNOWN + 1, person=user_id)
    words = frozenset(word for row in rows for word in (row[ABOUT], row[KIND]))
    known = len(rows) <= MOST_KNOWN
    found = Unread(len(rows), words) if known else Unread(count(user_id))
    _keep(user_id, token, found)
    return found, rows


def forget_after_commit(user_ids: Iterable[int]) -> None:
    """Let the next page of these people count anew, once the transaction is committed.

    A cache that can't be told keeps an old number for six minutes at most.
    """
    ids = list(user_ids)
    transaction.on_commit(lambda: forget(ids), robust=True)


def forget(user_ids: Iterable[int]) -> None:
    """Also the newest page of their inboxes, and the card of their home pages that shows what is new.

    Two exchanges, however many.
    """
    ids = list(user_ids)
    kept = (key, _lease_key, newest.key, newest.lease_key)
    leases.drop([name(pk) for pk in ids for name in kept])
    note_wrong(ids, CARD)
