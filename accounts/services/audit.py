"""The audit trail: one writer appends, anybody can verify (promise 16).

Each row carries a code over itself and the row before, made with a key that the database does
not know. The last number and code also go into ``audit-head`` under ISME_VAR and into the log,
outside the database: a chain alone can't show that its tail was cut.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import AuditEvent, AuditHead, User
from isme.lib.transactions import retry_atomic

logger = logging.getLogger(__name__)
SALT = "isme.audit"
ROWS = 2000


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many rows were right, and the first that is not (with why)."""

    rows: int
    first_bad: int | None = None
    why: str = ""


def head_path() -> Path:
    return Path(settings.VAR) / "audit-head"


def lost_path() -> Path:
    """Where the file is set aside when the database fell behind it."""
    return Path(settings.VAR) / "audit-head.lost"


def head() -> tuple[int, str]:
    """Number and code of the last row; (0, "") for an empty trail. One query."""
    found = AuditHead.objects.filter(pk=1).values_list("number", "mac").first()
    return found or (0, "")


def append(*, entry: str, at: datetime, **facts: Any) -> AuditEvent:
    """Add one event; the same ``entry`` twice is one row. As ``append_all``."""
    return append_all([{"entry": entry, "at": at, **facts}])[0]


@retry_atomic
def append_all(entries: Sequence[Mapping[str, Any]]) -> list[AuditEvent]:
    """Add events in this order, all or none; an ``entry`` that is known stays as it is.

    Locks the head, so writers queue here. Six queries, however many events. The file is
    written after the commit; a crash between leaves it behind, which verifying accepts.
    """
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    _keep_evidence(head.number)
    events = {
        event.entry: event
        for event in AuditEvent.objects.filter(entry__in=[facts["entry"] for facts in entries])
    }
    actors = {facts["actor_id"] for facts in entries if facts.get("actor_id") is not None}
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "name"))
    fresh: list[AuditEvent] = []
    number, mac = head.number, head.mac
    for facts in entries:
        if facts["entry"] in events:
            continue
        number += 1
        event = AuditEvent(number=number, **facts)
        event.actor_name = names.get(event.actor_id or 0, "")
        event.mac = mac = _mac(event, mac)
        events[event.entry] = event
        fresh.append(event)
    if fresh:
        AuditEvent.objects.bulk_create(fresh)
        AuditHead.objects.filter(pk=1).update(number=number, mac=mac)
        transaction.on_commit(lambda: _tell_outside(number, mac), robust=True)
    return [events[facts["entry"]] for facts in entries]


def _mac(event: AuditEvent, previous: str) -> str:
    moment = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (
        previous,
        event.number,
        event.entry,
        moment,
        event.verb,
        event.actor_id,
        event.actor_name,
        event.subject,
        event.address,
        event.device,
        event.details,
    )
    # A length before each part: "ab"+"c" must not read as "a"+"bc".
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def _keep_evidence(number: int) -> None:
    """Set the file aside when it is ahead of the database, before new rows hide the gap.

    The file is written after the commit, so it is never ahead unless rows were taken away (or
    an old backup was restored: then an operator looks, and deletes what was set aside).
    """
    known, _mac = _read(head_path())
    if known > number and not lost_path().exists():
        logger.critical("audit rows after %s are gone: there were %s", number, known)
        head_path().replace(lost_path())


def _tell_outside(number: int, mac: str) -> None:
    """Write the head beside the database and into the log; a later number stays."""
    path = head_path()
    known, _mac = _read(path)
    if number > known:
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(f"{number} {mac}\n")
        fresh.replace(path)
    logger.info("audit head %s %s", number, mac)


def _read(path: Path) -> tuple[int, str]:
    """The number and code that a file holds; (0, "") without a file. Raises ValueError."""
    try:
        number, mac = path.read_text().split()
    except FileNotFoundError:
        return 0, ""
    return int(number), mac


def verify(known: Sequence[tuple[int, str]] = ()) -> Verdict:
    """Check the whole trail, 2,000 rows a query; name the first bad row.

    Finds altered, deleted and inserted rows by the chain, and a cut tail by the file; ``known``
    are heads that were kept elsewhere (accounts.services.audit_post), for who distrusts both.
    """
    outside = dict([_read(head_path()), _read(lost_path()), *known])
    previous, rows = "", 0
    for event in _in_order():
        if event.number != rows + 1:
            return Verdict(rows, rows + 1, "missing")
        if not constant_time_compare(event.mac, _mac(event, previous)):
            return Verdict(rows, event.number, "altered")
        if outside.get(event.number, event.mac) != event.mac:
            return Verdict(rows, event.number, "not the row that was named outside the database")
        previous, rows = event.mac, event.number
    if rows < max(outside):
        return Verdict(rows, rows + 1, f"cut: there were {max(outside)}")
    return Verdict(rows)


def _in_order() -> Iterator[AuditEvent]:
    last = 0
    while rows := list(AuditEvent.objects.filter(number__gt=last).order_by("number")[:ROWS]):
        yield from rows
        last = rows[-1].number
