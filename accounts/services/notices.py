"""Telling people by mail that something about their account changed, so that a thief is seen."""

import secrets
from collections.abc import Mapping
from enum import StrEnum

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors.logins import proved_email_of
from isme.lib import jobs, mail

MAIL_NOTICE = "accounts.mail_notice"


class Notice(StrEnum):
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a name)
    PASSWORD_RESET = "password_reset"  # noqa: S105 (a name)
    EMAIL_CHANGED = "email_changed"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"


def tell(user: User, notice: Notice, *, address: str | None = None) -> None:
    """Mail ``notice`` to ``address`` (None: the proved one of ``user``) after this transaction.

    Without a proved address nothing is mailed. Queries: 3.
    """
    to = proved_email_of(user) if address is None else address
    if not to:
        return
    name = secrets.token_hex(16)
    jobs.enqueue(
        MAIL_NOTICE,
        key=name,
        mail_key=name,
        user_id=user.pk,
        notice=notice.value,
        to=to,
        at=timezone.now().isoformat(timespec="seconds"),
        language=user.language or get_language() or "",
    )


def send(facts: Mapping[str, str], *, name: str) -> None:
    """Mail the notice that ``tell`` noted, to the person ``name``. Raises as mail.send."""
    language = facts["language"]
    with override(language or None):
        what = _what(Notice(facts["notice"]))
    context = {"name": name, "what": what, "at": parse_datetime(facts["at"])}
    key = f"notice-{facts['mail_key']}"
    mail.send("security_notice", to=facts["to"], language=language, context=context, key=key)


def _what(notice: Notice) -> str:
    return {
        Notice.PASSWORD_CHANGED: _("The password of your account was changed."),
        Notice.PASSWORD_RESET: _("The password of your account was set anew by a mailed link."),
        Notice.EMAIL_CHANGED: _("Your account has another e-mail address now."),
        Notice.SECOND_FACTOR_ON: _("Your account asks for a second factor now."),
        Notice.SECOND_FACTOR_OFF: _("Your account no longer asks for a second factor."),
    }[notice]
