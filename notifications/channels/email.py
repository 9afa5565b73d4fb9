"""Notices by mail: text and HTML, in the reader's language, with a way out by one tap."""

import smtplib
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.core import signing
from django.utils.translation import override

from accounts.models import User
from accounts.selectors.logins import proved_email_of, proved_emails
from isme.lib import mail
from notifications.errors import Away, NoAddress, Refused
from notifications.kinds import kind_or_unknown, words_of
from notifications.models import Delivery, Notification

SALT = "notifications.unsubscribe"


def reachable(people: Collection[int]) -> set[int]:
    return set(proved_emails(people))


def send(delivery: Delivery) -> str:
    """Mail one notification to the proved address of its person. One query."""
    row = delivery.notification
    person = row.person
    to = _address(person)
    kind = kind_or_unknown(row.kind)
    with override(person.language or None):
        words = words_of(row.kind, row.notice.values)
    headers = {}
    way_out = ""
    if not kind.is_critical:
        way_out = mail.address(unsubscribe_path(person.pk, kind.name))
        headers = {
            "List-Unsubscribe": f"<{way_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    context = {
        "name": person.name,
        "words": words,
        "address": mail.address(f"/notifications/{row.pk}/"),
        "kind": kind.label,
        "way_out": way_out,
        "ways": mail.address("/notifications/preferences/"),
    }
    sides = {"key": f"notification-{row.pk}", "headers": headers}
    _post("notification", person, to, context, **sides)
    return ""


def send_digest(person: User, rows: Sequence[Notification], day: date) -> None:
    """Mail the notifications of a day in one. ``rows`` come with their notices."""
    to = _address(person)
    with override(person.language or None):
        items = [
            (words_of(row.kind, row.notice.values), mail.address(f"/notifications/{row.pk}/"))
            for row in rows
        ]
    context = {
        "name": person.name,
        "items": items,
        "number": len(items),
        "ways": mail.address("/notifications/preferences/"),
    }
    key = f"digest-{person.pk}-{day:%Y%m%d}-{rows[-1].pk}"
    _post("digest", person, to, context, key=key)


def _address(person: User) -> str:
    to = proved_email_of(person)
    if not to:
        raise NoAddress
    return to


def _post(name: str, person: User, to: str, context: dict[str, object], **sides: Any) -> None:
    try:
        mail.send(name, to=to, language=person.language, context=context, **sides)
    except mail.MailRefused as error:
        raise Refused(str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Away(str(error)) from error


def unsubscribe_path(person_id: int, kind: str) -> str:
    """Where one tap turns mails of ``kind`` off, for whoever holds the mail: no sign-in asked."""
    token = signing.dumps([person_id, kind], salt=SALT)
    return f"/notifications/unsubscribe/{token}/"


def read_token(token: str) -> tuple[int, str] | None:
    """Person and kind of an unsubscribe token, or None for a forged one."""
    try:
        person_id, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return int(person_id), str(kind)
