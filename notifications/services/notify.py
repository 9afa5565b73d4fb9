"""Telling people something: one row and one job in the caller's transaction."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from isme.lib import jobs, writes
from notifications import kinds, terms
from notifications.audiences import Audience
from notifications.models import Notice

TELL = "notifications.tell"
TELL_FEW = "notifications.tell_few"
FEW = 10  # people who are named: they are told in one transaction with others of that second
MOST_ABOUT_CHARACTERS = 80
MOST_KEY_CHARACTERS = 120
Scalar = str | int | float | bool | None


def notify(
    kind: str,
    /,
    *,
    recipients: Audience,
    about: str,
    by: int | None,
    key: str = "",
    **values: Scalar,
) -> Notice:
    """Tell ``recipients`` of one event, except ``by``, who did it (None: the system).

    ``about`` ("thread:12") groups notices of one thing. ``key`` makes it idempotent: the same
    key again returns the first notice. Costs one row and one job (2 statements, with a ``key`` a
    savepoint too; no lock); the workers tell people in batches, up to ten named ones a second
    later with the few of other notices. Raises UnknownKind; KeyError for a value that the kind's
    texts ask for; ValueError for an ``about`` or ``key`` that is too long.
    """
    if len(key) > MOST_KEY_CHARACTERS:
        raise ValueError(f"{kind}: key is too long.")
    row = _notice(kind, recipients, about=about, by=by, values=values)
    row.term_id, row.key = terms.current(), key or None
    try:
        # What has a key may be there already; the caller's transaction must survive that.
        with transaction.atomic(savepoint=bool(key)):
            writes.insert(row)
            begin(row)
    except IntegrityError:
        if not key:
            raise
        return Notice.objects.get(key=key)
    return row


def notify_apart(
    audiences: Mapping[str, Audience], /, *, about: str, by: int | None, **values: Scalar
) -> None:
    """Tell each audience of one event by a kind of its own (kind -> audience).

    Three statements, however many audiences. For what happens often and is new in the caller's
    transaction, such as a reply: nothing can be told of it twice, so it has no key. Raises like
    ``notify``.
    """
    term_id = terms.current()
    rows = [
        _notice(kind, people, about=about, by=by, values=values)
        for kind, people in audiences.items()
    ]
    for row in rows:
        row.term_id = term_id
    made = Notice.objects.bulk_create(rows)
    jobs.enqueue_new(TELL, {f"{row.pk}:0": {"notice_id": row.pk, "after": 0} for row in made})


def _notice(
    kind: str, people: Audience, *, about: str, by: int | None, values: dict[str, Scalar]
) -> Notice:
    """The row, not yet saved. No query."""
    kinds.kind_named(kind).words(values)
    if len(about) > MOST_ABOUT_CHARACTERS:
        raise ValueError(f"{kind}: about is too long.")
    return Notice(kind=kind, about=about, by_id=by, values=values, audience=list(people.parts))


def begin(notice: Notice) -> None:
    """Ask the workers for the first batch of a new ``notice``, in the caller's transaction."""
    named = notice.people.named
    if named is not None and len(named) <= FEW:
        jobs.enqueue(TELL_FEW, key=str(notice.pk), fresh_key=True, notice_id=notice.pk)
    else:
        jobs.enqueue(TELL, key=f"{notice.pk}:0", fresh_key=True, notice_id=notice.pk, after=0)
