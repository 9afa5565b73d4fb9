"""Mails: text and HTML from templates, in the reader's language. Only for jobs: it waits.

A mail named ``x`` is ``emails/x.txt``, whose first line is the subject, and ``emails/x.html``.
"""

import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override

NEVER = range(500, 600)  # SMTP: don't try this again
MOST_REASON = 200


class MailRefused(Exception):
    """The mail server takes this mail neither now nor later; the text is what it said."""


def send(  # noqa: PLR0913 (a mail has that many sides)
    name: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    key: str,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send mail ``name`` to one address; at most EMAIL_TIMEOUT seconds for each step.

    ``key`` names the mail for ever: a second copy, sent because a worker died between sending
    and noting so, has the same Message-ID, and mailboxes keep one. Raises OSError and
    smtplib.SMTPException: the job is then tried again; MailRefused: trying again is no use.
    """
    values = {**context, "site": settings.PUBLIC_URL}
    with override(language or settings.LANGUAGE_CODE):
        subject, _newline, text = render_to_string(f"emails/{name}.txt", values).partition("\n")
        html = render_to_string(f"emails/{name}.html", {**values, "subject": subject.strip()})
    mail = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", to=[to])
    mail.attach_alternative(html, "text/html")
    mail.extra_headers = {
        "Message-ID": f"<{key}@{settings.PUBLIC_HOST}>",
        "Auto-Submitted": "auto-generated",
        **(headers or {}),
    }
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        _give_up_for_good(*next(iter(error.recipients.values())), error)
        raise
    except smtplib.SMTPDataError as error:
        _give_up_for_good(error.smtp_code, error.smtp_error, error)
        raise
    except smtplib.SMTPNotSupportedError as error:  # an address with letters beyond ASCII
        raise MailRefused(str(error)[:MOST_REASON]) from error


def _give_up_for_good(code: int, said: bytes | str, error: Exception) -> None:
    """Raises MailRefused unless the server may take it later."""
    if code in NEVER:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        words = "".join(c if c.isprintable() else " " for c in text).split()
        raise MailRefused(f"{code} {' '.join(words)}"[:MOST_REASON]) from error


def address(path: str) -> str:
    """``path`` as a whole address, for a mail.

    From the settings and never from the request: whoever forges its Host would get the link.
    """
    return f"{settings.PUBLIC_URL}{path}"
