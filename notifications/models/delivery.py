from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from isme.lib.fields import ExactCharField
from notifications.choices import Channel, DeliveryState
from notifications.models.notification import Notification


class Delivery(models.Model):
    """One notification on its way out by one channel: exactly one row for both.

    The row is the to-do list: pending and due, or being sent with a lease that ran out.
    """

    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="deliveries", db_index=False
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, default=DeliveryState.PENDING
    )
    digest = models.BooleanField(default=False)
    due_at = models.DateTimeField(_("due"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = ExactCharField(max_length=32, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    remote_id = ExactCharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    seen_at = models.DateTimeField(_("arrived"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel"], name="delivery_once_per_channel"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING, lease_until__isnull=False)
                | (~Q(state=DeliveryState.SENDING) & Q(lease_until=None)),
                name="delivery_sending_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at=None)),
                name="delivery_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "state", "digest", "due_at"], name="delivery_to_do"),
            models.Index(fields=["state", "lease_until"], name="delivery_lease"),
            models.Index(fields=["remote_id"], name="delivery_remote"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} {self.channel} {self.state}"
