"""The newest page of an inbox, kept for who looks again: most looks find it as it was.

``i:{uid}`` comes with the page's one exchange, as JSON. Whatever changes an inbox changes what is
unread or takes something out of it, and then drops this key together with the bell's
(notifications.selectors.badge); where the cache could not be told, it ends after five minutes.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from isme.lib import home, leases
from isme.lib.paging import PER_PAGE
from notifications.selectors import inbox
from notifications.selectors.inbox import Wanted

CREATED_AT, READ_AT = inbox.COLUMNS.index("created_at"), inbox.COLUMNS.index("read_at")
Rows = list[Sequence[Any]]


def key(user_id: int) -> str:
    return f"i:{user_id}"


def lease_key(user_id: int) -> str:
    return f"li:{user_id}"


def all_of(person_id: int, raw: bytes | None) -> Rows:
    """The newest rows of an inbox, one more than a page if there are older ones.

    From ``raw`` (what the cache had), else one query and two exchanges.
    """
    kept = None if raw is None else _from_bytes(raw)
    if kept is not None:
        return kept
    token = leases.take(lease_key(person_id))
    rows = inbox.older_than(person_id, Wanted(), None, PER_PAGE)
    value = json.dumps(rows, cls=_Exact).encode()
    leases.store(key(person_id), lease_key(person_id), token, value, seconds=home.LASTING)
    return rows


def unread_of(person_id: int, raw: bytes | None, *, number: int) -> Rows:
    """The same of the unread alone, of which there are ``number``.

    One query more where some of them are older than the newest page.
    """
    if number <= PER_PAGE:
        found = [row for row in all_of(person_id, raw) if row[READ_AT] is None]
        if len(found) == number:
            return found
    return inbox.older_than(person_id, Wanted(unread=True), None, PER_PAGE)


class _Exact(DjangoJSONEncoder):
    """Times to the microsecond: Django's own encoder cuts them to the millisecond."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _from_bytes(raw: bytes) -> Rows | None:
    """The rows; None for those of a release whose lines show something else."""
    rows = json.loads(raw)
    if any(len(values) != len(inbox.COLUMNS) for values in rows):
        return None
    return [_row(values) for values in rows]


def _row(values: list[Any]) -> Sequence[Any]:
    for place in (CREATED_AT, READ_AT):
        if values[place] is not None:
            values[place] = datetime.fromisoformat(values[place])
    return tuple(values)
