"""The head of the audit trail, mailed off the machine each hour (promise 16).

Whoever owns the machine can rewrite the trail and every file beside it. A mailbox elsewhere
keeps what the trail ended with at each hour; ``manage.py audit_verify --head`` holds it against
what there is now.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.services.audit import head
from isme.lib import jobs
from isme.lib.audit import SHIPPED
from isme.lib.health import beat_heart

SHIP = "accounts.audit_ship"


def ask_each_hour() -> None:
    """Ask for this hour's mail, where it is set up; keyed by the hour, so two beats ask once."""
    if settings.AUDIT_HEAD_TO:
        hour = f"{timezone.now():%Y-%m-%dT%H}"
        jobs.enqueue(SHIP, key=hour, hour=hour)


def ship(*, hour: str) -> None:
    """Mail number and code of the last row. A second copy has the same Message-ID.

    Raises OSError and smtplib.SMTPException; the job is then tried again.
    """
    number, code = head()
    if not settings.AUDIT_HEAD_TO or not number:
        return
    text = (
        f"{number} {code}\n\n"
        f"The audit trail of {settings.PUBLIC_URL} ended with this row at {hour} UTC.\n"
        f"To hold it against the trail: manage.py audit_verify --head {number}:{code}\n"
    )
    mail = EmailMessage(f"ISME audit head {number}", text, to=[settings.AUDIT_HEAD_TO])
    mail.extra_headers = {
        "Message-ID": f"<audit-{hour}-{number}@{settings.PUBLIC_HOST}>",
        "Auto-Submitted": "auto-generated",
    }
    mail.send()
    beat_heart(SHIPPED)
