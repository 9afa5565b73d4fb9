"""One's own e-mail address: a new one takes effect when a link that was mailed to it is used."""

import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.canonical import canonical, is_valid
from accounts.choices import IdentifierKind, LinkPurpose
from accounts.errors import EmailRefused
from accounts.models import Identifier, MailedLink, User
from accounts.selectors.logins import email_of, proved_email_of
from accounts.services import mailed_links, notices
from accounts.services.accounts import PEOPLE
from accounts.services.notices import Notice
from accounts.services.passwords import confirm_password
from accounts.session import writer
from isme.lib import audit, jobs, versions
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic

MAIL_LINK = "accounts.mail_proof_link"
PATH = settings.EMAIL_CONFIRM_URL


def ask_to_change(*, user_id: int, address: str, password: str, language: str) -> str:
    """Let a worker mail a link to the new ``address``; return the address in its one spelling.

    Says nothing of whether another account has it: that learns only who reads its mail.
    Raises EmailRefused, PasswordWrong, SignInHeld, DoorBusy.
    """
    value = canonical(address)
    if not is_valid(IdentifierKind.EMAIL, value):
        raise EmailRefused(_("An e-mail address looks like name@example.ac.id."))
    confirm_password(user_id=user_id, password=password)
    _ask(user_id, value, language)
    return value


def ask_to_prove(*, user_id: int, language: str) -> str:
    """Let a worker mail a link to the address in use, and return it. Raises EmailRefused."""
    value = email_of(user_id)
    if not value:
        raise EmailRefused(_("Your account has no e-mail address yet."))
    _ask(user_id, value, language)
    return value


def _ask(user_id: int, address: str, language: str) -> None:
    request = secrets.token_hex(16)
    jobs.enqueue(
        MAIL_LINK,
        key=request,
        request=request,
        user_id=user_id,
        address=address,
        language=language,
    )


def mail_link(*, request: str, user_id: int, address: str, language: str) -> None:
    """Mail the link that the wish ``request`` is for. Safe to run twice."""
    user = User.objects.get(pk=user_id)
    purpose = LinkPurpose.EMAIL
    link = mailed_links.make(user=user, purpose=purpose, address=address, request=request)
    if link is not None:
        mailed_links.send(link, name="email_proof", path=PATH, language=language)


def find(token: str) -> MailedLink:
    """The live link of ``token``. Raises LinkDead."""
    return mailed_links.find(token, LinkPurpose.EMAIL)


@retry_atomic
def confirm(*, link: MailedLink, origin: Origin) -> None:
    """Make the address of ``link`` the proved one of its person; tell the one they had before.

    Raises LinkDead, and EmailRefused when another account has the address.
    """
    with writer.changing(link.user_id) as session:
        user = session.user
        mailed_links.use(link)
        before = proved_email_of(user)
        _keep(user, link.address)
        user.proved_email, user.email_proved_at = link.address, timezone.now()
        user.save(update_fields=["proved_email", "email_proved_at"])
        if before != link.address:
            # A link to the old mailbox must not open the account any more.
            mailed_links.void(user.pk, *mailed_links.OPENING)
            notices.tell(user, Notice.EMAIL_CHANGED, address=before)
        subject = f"account:{user.pk}"
        details = {"email": [before, link.address]}
        audit.record(
            "email.proved", actor_id=user.pk, subject=subject, origin=origin, details=details
        )
    versions.bump(PEOPLE)


def _keep(user: User, address: str) -> None:
    try:
        with transaction.atomic():
            Identifier.objects.update_or_create(
                user=user, kind=IdentifierKind.EMAIL, defaults={"value": address}
            )
    except IntegrityError as error:
        raise EmailRefused(_("Another account has this address already.")) from error
