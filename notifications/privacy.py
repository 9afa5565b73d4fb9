"""What notifications keep about people."""

from django.utils.translation import gettext_lazy as _

from isme.lib import privacy
from isme.lib.privacy import Record, Table
from notifications.services.erasure import forget_name

OF_OFFICE = ("notifications.Notice.by", "notifications.Broadcast.by")


def offer() -> None:
    """Put the record into the registry."""
    privacy.add(
        Record(
            "notifications",
            _("Notices"),
            _("To tell you what concerns you, in the ways that you chose."),
            _("Notices until you delete them, your choices and numbers until you change them."),
            (
                Table("notifications.Notification", "person_id"),
                Table("notifications.Delivery", "notification__person_id", ("lease_token",)),
                Table("notifications.Preference", "person_id"),
                Table("notifications.Ways", "person_id"),
                Table(
                    "notifications.PushSubscription",
                    "person_id",
                    ("endpoint", "endpoint_hash", "auth", "public_key"),
                ),
            ),
            OF_OFFICE,
            forget_name,
        )
    )
