"""Telling people something: one row and one job in the caller's transaction."""

from django.db import IntegrityError, transaction

from isme.lib import jobs
from notifications import kinds, terms
from notifications.audiences import Audience
from notifications.models import Notice

TELL = "notifications.tell"
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
    key again returns the first notice. Costs one row and one job (4 statements, no lock);
    the workers tell people in batches. Raises UnknownKind; KeyError for a value that the
    kind's texts ask for; ValueError for an ``about`` or ``key`` that is too long.
    """
    kinds.kind_named(kind).words(values)
    if len(about) > MOST_ABOUT_CHARACTERS or len(key) > MOST_KEY_CHARACTERS:
        raise ValueError(f"{kind}: about or key is too long.")
    row = Notice(
        kind=kind,
        about=about,
        by_id=by,
        values=values,
        audience=list(recipients.parts),
        term_id=terms.current(),
        key=key or None,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            begin(row)
    except IntegrityError:
        if not key:
            raise
        return Notice.objects.get(key=key)
    return row


def begin(notice: Notice) -> None:
    """Ask the workers for the first batch, in the caller's transaction."""
    jobs.enqueue(TELL, key=f"{notice.pk}:0", notice_id=notice.pk, after=0)
