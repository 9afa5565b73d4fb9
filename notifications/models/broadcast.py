from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications import audiences
from notifications.models.notice import Notice


class Broadcast(models.Model):
    """What the office tells many people: at once or later, and until then it can be cancelled."""

    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=2000)
    link = models.CharField(_("page"), max_length=200, blank=True)
    audience = models.JSONField(default=list)
    audience_label = models.CharField(_("to"), max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    send_at = models.DateTimeField(_("goes out"))
    notice = models.OneToOneField(
        Notice, models.PROTECT, null=True, blank=True, related_name="broadcast"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="broadcast_has_title"),
        ]
        indexes = [models.Index(fields=["send_at"], name="broadcast_send_at")]

    def __str__(self) -> str:
        return self.title

    @property
    def people(self) -> audiences.Audience:
        return audiences.described(self.audience)

    @property
    def to(self) -> str:
        """Whom it is for, in the language of the reader; as it was written where no app says."""
        return self.people.label or self.audience_label

    @property
    def state(self) -> str:
        """In one word for templates: cancelled, waiting, going, done."""
        if self.cancelled_at:
            return "cancelled"
        if self.notice is None:
            return "waiting"
        return "done" if self.notice.told_at else "going"
