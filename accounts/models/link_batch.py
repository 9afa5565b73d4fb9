from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import LinkState
from accounts.models.mailed_link import MailedLink
from accounts.models.user import User

ARRIVED = (LinkState.SENT, LinkState.USED)


class LinkBatch(models.Model):
    """Links for choosing a password, mailed to many at once; a worker sends them."""

    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    # For people who chose none: that of the page from which it was ordered.
    language = models.CharField(max_length=5, blank=True)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("batch of mailed links")
        verbose_name_plural = _("batches of mailed links")
        indexes = [models.Index(fields=["maker", "-id"], name="link_batch_of_maker")]

    def __str__(self) -> str:
        return str(self.pk)


class LinkDelivery(models.Model):
    """What became of one person's link in a batch. ``attempt`` grows with each sending again."""

    batch = models.ForeignKey(LinkBatch, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=LinkState, default=LinkState.WAITING
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    link = models.OneToOneField(MailedLink, models.SET_NULL, null=True, related_name="delivery")
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("mailed password link")
        verbose_name_plural = _("mailed password links")
        constraints = [
            models.UniqueConstraint(fields=["batch", "user"], name="link_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=LinkState.values), name="link_delivery_known_state"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) & ~Q(state__in=ARRIVED)
                | Q(sent_at__isnull=False, state__in=ARRIVED),
                name="link_delivery_sent_has_time",
            ),
        ]
        indexes = [models.Index(fields=["batch", "state"], name="link_delivery_of_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.user_id} {self.state}"
