"""Links that are mailed: made by a job, good once, for some time, and for few wrong tries."""

import hashlib
import hmac
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.choices import LinkPurpose
from accounts.errors import LinkDead
from accounts.models import MailedLink, User
from accounts.services.sessions import may_enter
from isme.lib import mail
from isme.lib.transactions import retry_atomic

# What lets somebody choose a password: void as soon as that happened, or the address changed.
OPENING = (LinkPurpose.RESET, LinkPurpose.ISSUED)
SALT = "accounts.mailed_link"
SELECTOR_BYTES = 16
MOST_WRONG_TRIES = 5
MOST_AN_HOUR = 5
KEPT = timedelta(days=30)
logger = logging.getLogger(__name__)


@retry_atomic
def make(*, user: User, purpose: str, address: str, request: str) -> MailedLink | None:
    """Return the link that answers the wish ``request``; None when the person got enough of them.

    Locks the account: rival jobs count each other's. Asking twice gives the same link.
    """
    User.objects.select_for_update().get(pk=user.pk)
    known = MailedLink.objects.filter(request=request).first()
    if known is not None:
        return known
    now = timezone.now()
    lately = MailedLink.objects.filter(
        user_id=user.pk, purpose=purpose, created_at__gt=now - timedelta(hours=1)
    )
    if lately.count() >= MOST_AN_HOUR:
        return None
    selector = secrets.token_urlsafe(SELECTOR_BYTES)
    return MailedLink.objects.create(
        user=user,
        purpose=purpose,
        request=request,
        selector=selector,
        token_hash=_hash(_proof(selector, purpose, address)),
        address=address,
        expires_at=now + _life(purpose),
    )


def _life(purpose: str) -> timedelta:
    """Whoever asked waits for the mail; whom the office invites reads it at the weekend."""
    if purpose == LinkPurpose.ISSUED:
        return timedelta(hours=settings.PASSWORD_LINK_HOURS)
    return timedelta(minutes=settings.MAILED_LINK_MINUTES)


def send(link: MailedLink, *, name: str, path: str, language: str) -> bool:
    """Mail ``link`` as mail ``name`` unless that was done or it is too old. Raises as mail.send.

    False: the mail server refused it for good. The link says why, where staff and the person
    see it, and nothing is tried again. ``language`` is that of the page which asked, for a
    person who chose none.
    """
    if link.refused_at is not None:
        return False
    if link.sent_at is not None or link.expires_at <= timezone.now():
        return True
    values = {
        "name": link.user.name,
        "address": mail.address(f"{path}{token_of(link)}/"),
        "minutes": settings.MAILED_LINK_MINUTES,
        "username": link.user.username,
        "until": link.expires_at,
    }
    key = f"link-{link.pk}"
    language = link.user.language or language
    unsent = MailedLink.objects.filter(pk=link.pk, sent_at=None)
    try:
        mail.send(name, to=link.address, language=language, context=values, key=key)
    except mail.MailRefused as error:
        logger.warning("the mail server refused link %s for good: %s", link.pk, error)
        unsent.update(refused_at=timezone.now(), refusal=str(error))
        return False
    unsent.update(sent_at=timezone.now())
    return True


def token_of(link: MailedLink) -> str:
    """What the address of ``link`` ends with. Whoever has it is the owner of the mailbox."""
    return f"{link.selector}.{_proof(link.selector, link.purpose, link.address)}"


def _proof(selector: str, purpose: str, address: str) -> str:
    text = f"{purpose}|{selector}|{address}"
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def _hash(proof: str) -> str:
    return hashlib.sha256(proof.encode()).hexdigest()


def find(token: str, *purposes: str) -> MailedLink:
    """The live link of ``token``, with its user. A wrong one counts; the sixth kills the link.

    One query, two for a wrong one. Raises LinkDead, with the same words for all reasons.
    """
    selector, _dot, proof = token.partition(".")
    rows = MailedLink.objects.select_related("user").filter(selector=selector)
    link = rows.filter(purpose__in=purposes).first()
    if link is None:
        raise _dead()
    if not hmac.compare_digest(link.token_hash, _hash(proof)):
        MailedLink.objects.filter(pk=link.pk).update(wrong_tries=F("wrong_tries") + 1)
        raise _dead()
    if not _is_live(link):
        raise _dead()
    return link


def use(link: MailedLink) -> None:
    """Spend ``link``, inside the transaction of its effect. Raises LinkDead for the second.

    One UPDATE decides between two who press at the same moment.
    """
    fresh = MailedLink.objects.filter(
        pk=link.pk,
        used_at=None,
        expires_at__gt=timezone.now(),
        wrong_tries__lt=MOST_WRONG_TRIES,
    )
    if not fresh.update(used_at=timezone.now()):
        raise _dead()


def void(user_id: int, *purposes: str, but: int = 0) -> None:
    """Let no earlier link of these kinds work any more (save ``but``): one query."""
    links = MailedLink.objects.filter(user_id=user_id, purpose__in=purposes, used_at=None)
    links.exclude(pk=but).update(used_at=timezone.now())


def prune() -> None:
    """Delete links that ended 30 days ago."""
    MailedLink.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()


def _is_live(link: MailedLink) -> bool:
    return (
        link.used_at is None
        and link.expires_at > timezone.now()
        and link.wrong_tries < MOST_WRONG_TRIES
        and may_enter(link.user)
    )


def _dead() -> LinkDead:
    return LinkDead(_("This link was used already, or is too old."))
