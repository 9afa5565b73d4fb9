from django.db import models
from django.utils.translation import gettext_lazy as _

BROADCASTS = "broadcasts"  # version of what pages show of broadcasts that are under way


class Topic(models.TextChoices):
    """The tabs of the list: what a notice is about, in one word."""

    ANNOUNCEMENT = "announcement", _("Announcements")
    ACADEMICS = "academics", _("Academics")
    FORUM = "forum", _("Forum")
    ACCOUNT = "account", _("Account")


class Importance(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    CRITICAL = 4, _("Critical")


class Channel(models.TextChoices):
    """The ways out of ISME. The inbox is no channel: every notice stands in it."""

    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Browser")
    WHATSAPP = "whatsapp", "WhatsApp"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("No address")


class Zone(models.TextChoices):
    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"
