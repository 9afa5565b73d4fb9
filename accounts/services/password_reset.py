"""A new password for somebody who forgot theirs, by a link to the address that they proved.

Whoever asks gets the same answer after the same work: nobody learns whether a name has an
account. Only a job looks for it.
"""

import logging
import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.canonical import canonical
from accounts.choices import LinkPurpose, SignInEventKind
from accounts.errors import LinkDead
from accounts.models import MailedLink, User
from accounts.selectors.logins import email_of, find_user, proved_email_of
from accounts.services import (
    mailed_links,
    notices,
    password_links,
    password_rules,
    passwords,
    sessions,
    throttle,
)
from accounts.services.hash_gate import gate
from accounts.services.notices import Notice
from accounts.services.visit import Visit
from accounts.session import writer
from isme.lib import audit, jobs
from isme.lib.audit import Origin
from isme.lib.redis import RedisAway
from isme.lib.transactions import retry_atomic

MAIL_LINK = "accounts.mail_reset_link"
PATH = settings.PASSWORD_RESET_URL
logger = logging.getLogger(__name__)


def ask(*, login: str, language: str) -> None:
    """Let a worker mail a link, if there is somebody to mail it to. Two queries, one ring."""
    request = secrets.token_hex(16)
    jobs.enqueue(
        MAIL_LINK, key=request, request=request, login=canonical(login), language=language
    )


def mail_link(*, request: str, login: str, language: str) -> None:
    """Mail the link that the wish ``request`` is for. Safe to run twice.

    Nothing happens for an unknown name, a closed account or one without a proved address.
    """
    user = find_user(login)
    if user is None or not sessions.may_enter(user):
        return
    address = proved_email_of(user)
    if not address:
        return
    purpose = LinkPurpose.RESET
    link = mailed_links.make(user=user, purpose=purpose, address=address, request=request)
    if link is None:
        logger.warning("account %s asked for too many reset links", user.pk)
        return
    mailed_links.send(link, name="password_reset", path=PATH, language=language)


def find(token: str) -> MailedLink:
    """The live link of ``token``. Raises LinkDead."""
    return mailed_links.find(token, *mailed_links.OPENING)


def reset(*, token: str, new: str, visit: Visit) -> None:
    """Set the password by a link; every session ends, and nobody is signed in by it.

    Raises LinkDead, PasswordRefused, DoorBusy.
    """
    link = find(token)
    least = password_rules.least_now(link.user_id)
    password_rules.check(new, user=link.user, least=least)
    with gate.turn():
        encoded = make_password(new)
    _reset(link, encoded, visit)
    try:
        # Whoever reads the mail is the owner: failures of others must not keep them out.
        throttle.lift(link.user_id)
    except RedisAway:
        logger.warning("the throttle of account %s was not lifted", link.user_id)


def _still_reaches(user: User, link: MailedLink) -> bool:
    """Whether mail to ``user`` would still go where the link went. One query.

    Who asks by a name gets one only where the address was proved; whom the office invites
    proves it by coming.
    """
    if link.purpose == LinkPurpose.ISSUED:
        return email_of(user.pk) == link.address
    return proved_email_of(user) == link.address


@retry_atomic
def _reset(link: MailedLink, encoded: str, visit: Visit) -> None:
    with writer.changing(link.user_id) as session:
        user = session.user
        if not sessions.may_enter(user) or not _still_reaches(user, link):
            raise LinkDead(_("This link was used already, or is too old."))
        mailed_links.use(link)
        if link.purpose == LinkPurpose.ISSUED:
            password_links.note_use(link, user)
        passwords.set_password(user, encoded)
        sessions.end(session)
        sessions.note(user.pk, SignInEventKind.PASSWORD, visit)
        origin = Origin(address=visit.address, device=visit.device)
        subject = f"account:{user.pk}"
        audit.record("password.reset", actor_id=user.pk, subject=subject, origin=origin)
        notices.tell(user, Notice.PASSWORD_RESET)
