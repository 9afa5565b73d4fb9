"""Passwords for many by mail: each person gets a link, chooses a password, and nobody else sees it.

What worked before goes on working until the link is used: a mail that never arrives locks
nobody out.
"""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.choices import LinkPurpose, LinkState
from accounts.errors import NotAllowed
from accounts.models import LinkBatch, LinkDelivery, MailedLink, User
from accounts.selectors.logins import email_of
from accounts.services import mailed_links
from accounts.services.sessions import may_enter
from isme.lib import audit, jobs
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic

SPREAD, MAIL = "accounts.password_links", "accounts.mail_password_link"
MOST_PEOPLE = 1000
ROWS = 500
UNDONE = (LinkState.WAITING, LinkState.FAILED)
NOT_ARRIVED = (LinkState.FAILED, LinkState.NO_ADDRESS, LinkState.LEFT_OUT)


@retry_atomic
def order_links(*, people: Sequence[int], maker: User, language: str, origin: Origin) -> LinkBatch:
    """Ask a worker to mail a link to each of ``people``. Raises NotAllowed. Five queries."""
    if not rules.can_list_people(maker) or not 0 < len(people) <= MOST_PEOPLE:
        raise NotAllowed(_("You can't issue these passwords."))
    batch = LinkBatch.objects.create(maker=maker, language=language)
    rows = [LinkDelivery(batch=batch, user_id=pk) for pk in people]
    LinkDelivery.objects.bulk_create(rows, batch_size=ROWS)
    _to_worker(batch)
    _record("passwords.links_ordered", batch, maker, origin, len(people))
    return batch


@retry_atomic
def send_again(*, batch_id: int, person_id: int | None, maker: User, origin: Origin) -> int:
    """Mail new links: to ``person_id``, or (None) to all whom none reached. Return to how many.

    The links of before are void then. Whoever chose a password or is waiting is left alone;
    nobody to mail to, nothing done. Locks the batch. Raises LinkBatch.DoesNotExist.
    """
    batch = LinkBatch.objects.select_for_update().get(pk=batch_id, maker_id=maker.pk)
    states = NOT_ARRIVED if person_id is None else (*NOT_ARRIVED, LinkState.SENT)
    wanted = batch.deliveries.filter(state__in=states)
    if person_id is not None:
        wanted = wanted.filter(user_id=person_id)
    rows = list(wanted)
    for row in rows:
        row.attempt, row.state, row.sent_at, row.link = (
            row.attempt + 1,
            LinkState.WAITING,
            None,
            None,
        )
    LinkDelivery.objects.bulk_update(rows, ["attempt", "state", "sent_at", "link"], ROWS)
    if rows:
        _to_worker(batch)
        _record("passwords.links_repeated", batch, maker, origin, len(rows))
    return len(rows)


def _to_worker(batch: LinkBatch) -> None:
    jobs.enqueue(SPREAD, key=secrets.token_hex(16), fresh_key=True, batch_id=batch.pk)


def _record(verb: str, batch: LinkBatch, maker: User, origin: Origin, people: int) -> None:
    audit.record(
        verb,
        actor_id=maker.pk,
        subject=f"links:{batch.pk}",
        origin=origin,
        details={"people": people},
    )


def spread(*, batch_id: int) -> None:
    """One job for each person who waits. Safe to run twice: each attempt is one job."""
    waiting = LinkDelivery.objects.filter(batch_id=batch_id, state=LinkState.WAITING)
    for row in waiting.order_by("pk"):
        key = f"{batch_id}:{row.user_id}:{row.attempt}"
        jobs.enqueue(MAIL, key=key, delivery_id=row.pk, attempt=row.attempt)


def mail_link(*, delivery_id: int, attempt: int) -> None:
    """Mail one person's link. Safe to run twice: an attempt has one link and one Message-ID.

    Raises as mail.send, but for what is refused for good; the delivery says so until another
    run succeeds.
    """
    rows = LinkDelivery.objects.select_related("user", "batch__maker")
    row = rows.get(pk=delivery_id)
    if row.attempt != attempt or row.state not in UNDONE:
        return
    maker, person = row.batch.maker, row.user
    if not (maker.is_active and may_enter(person) and rules.can_issue_password(maker, person)):
        _note(row, LinkState.LEFT_OUT)
        return
    address = email_of(person.pk)
    link = _link(row, address) if address else None
    if link is None:
        _note(row, LinkState.FAILED if address else LinkState.NO_ADDRESS)
        return
    try:
        path, language = settings.PASSWORD_RESET_URL, row.batch.language
        is_sent = mailed_links.send(link, name="password_link", path=path, language=language)
    except BaseException:
        _note(row, LinkState.FAILED)
        raise
    if is_sent:
        _note_sent(row, link)
    else:
        _note(row, LinkState.FAILED, link=link)


@retry_atomic
def _link(row: LinkDelivery, address: str) -> MailedLink | None:
    """The link of this attempt, and none of before works any more; None after too many."""
    request = f"batch:{row.batch_id}:{row.user_id}:{row.attempt}"
    purpose = LinkPurpose.ISSUED
    link = mailed_links.make(user=row.user, purpose=purpose, address=address, request=request)
    if link is not None:
        mailed_links.void(row.user_id, purpose, but=link.pk)
    return link


def _note(row: LinkDelivery, state: LinkState, **more: object) -> int:
    """Unless another run was quicker, or it is to be sent again."""
    rows = LinkDelivery.objects.filter(pk=row.pk, attempt=row.attempt, state__in=UNDONE)
    return rows.update(state=state, **more)


@retry_atomic
def _note_sent(row: LinkDelivery, link: MailedLink) -> None:
    if _note(row, LinkState.SENT, sent_at=timezone.now(), link=link):
        audit.record(
            "password.link_mailed",
            actor_id=row.batch.maker_id,
            subject=f"account:{row.user_id}",
            details={"batch": row.batch_id},
        )


def note_use(link: MailedLink, user: User) -> None:
    """Inside the transaction in which ``user`` (locked) chose a password by ``link``.

    Whoever has the link reads that mailbox: the address is proved. Two queries.
    """
    LinkDelivery.objects.filter(link=link, state=LinkState.SENT).update(state=LinkState.USED)
    user.proved_email, user.email_proved_at = link.address, timezone.now()
    user.save(update_fields=["proved_email", "email_proved_at"])
