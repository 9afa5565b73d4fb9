"""What happens to accounts in the background."""

import logging
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.services import (
    audit,
    audit_post,
    email_proof,
    notices,
    own_data,
    password_links,
    password_reset,
    password_sheets,
)
from isme.lib.audit import APPEND
from isme.lib.jobs import job
from isme.lib.mail import MailRefused

logger = logging.getLogger(__name__)


@job(APPEND, lease_seconds=30, together=True)
def append_to_audit_trail(*, rows: list[dict[str, Any]]) -> None:
    """Append events. Safe to run twice: the ``entry`` of each is unique."""
    audit.append_all([{**row, "at": datetime.fromisoformat(row["at"])} for row in rows])


@job(audit_post.SHIP, queue="bulk", lease_seconds=60)
def ship_audit_head(*, hour: str) -> None:
    """Mail the head of the trail off the machine. Safe to run twice."""
    audit_post.ship(hour=hour)


@job(password_reset.MAIL_LINK, lease_seconds=60)
def mail_reset_link(*, request: str, login: str, language: str) -> None:
    """Mail a link for a new password. Safe to run twice: the wish has one link."""
    password_reset.mail_link(request=request, login=login, language=language)


@job(email_proof.MAIL_LINK, lease_seconds=60)
def mail_proof_link(*, request: str, user_id: int, address: str, language: str) -> None:
    """Mail a link that proves an address. Safe to run twice: the wish has one link."""
    email_proof.mail_link(request=request, user_id=user_id, address=address, language=language)


@job(notices.MAIL_NOTICE, lease_seconds=60)
def mail_notice(*, user_id: int, **facts: str) -> None:
    """Mail one notice. Run twice it has the same Message-ID."""
    name = User.objects.values_list("name", flat=True).get(pk=user_id)
    try:
        notices.send(facts, name=name)
    except MailRefused as error:
        logger.warning("the mail server refused a notice to account %s: %s", user_id, error)


@job(password_sheets.JOB, queue="bulk", lease_seconds=300)
def make_password_sheet(*, sheet_id: int) -> None:
    password_sheets.make_sheet(sheet_id=sheet_id)


@job(password_sheets.REMOVAL, queue="bulk")
def remove_password_sheet(*, sheet_id: int) -> None:
    password_sheets.remove_sheet(sheet_id=sheet_id)


@job(password_links.SPREAD, queue="bulk", lease_seconds=120)
def spread_password_links(*, batch_id: int) -> None:
    password_links.spread(batch_id=batch_id)


@job(password_links.MAIL, queue="bulk", lease_seconds=60)
def mail_password_link(*, delivery_id: int, attempt: int) -> None:
    """Mail one person's link. Safe to run twice: the attempt has one link."""
    password_links.mail_link(delivery_id=delivery_id, attempt=attempt)


@job(own_data.JOB, queue="bulk", lease_seconds=300)
def make_own_data(*, user_id: int) -> None:
    """Put a person's data together. Safe to run twice: the newer file replaces the older."""
    own_data.make(user_id=user_id)


@job(own_data.REMOVAL, queue="bulk")
def remove_own_data(*, file_id: int) -> None:
    own_data.remove(file_id=file_id)
