from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from isme.lib.fields import ExactCharField
from notifications.choices import Channel, Zone

PHONE = RegexValidator(r"^62[0-9]{8,13}$", _("A number starts with 62 and has 10 to 15 digits."))


class Preference(models.Model):
    """A person's own choice for one kind of notice and one channel, where it isn't the default."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = ExactCharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    is_on = models.BooleanField()

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"], name="preference_once_per_kind_and_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel}"


class Ways(models.Model):
    """How and when a person wants to be told outside of ISME; times are those of their zone."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    zone = models.CharField(_("time zone"), max_length=20, choices=Zone, default=Zone.WIB)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest = models.BooleanField(_("one mail a day"), default=False)
    digest_at = models.TimeField(_("daily mail at"), default="06:00")
    whatsapp = ExactCharField(_("WhatsApp number"), max_length=15, blank=True, validators=[PHONE])

    class Meta:
        verbose_name = _("way of telling")
        verbose_name_plural = _("ways of telling")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="ways_quiet_hours_both_or_none",
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class PushSubscription(models.Model):
    """One browser that may be told; the browser's maker holds the message for it."""

    person = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.TextField()
    endpoint_hash = ExactCharField(max_length=64, unique=True)
    public_key = ExactCharField(max_length=120)
    auth = ExactCharField(max_length=40)
    device = models.CharField(_("device"), max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("browser to tell")
        verbose_name_plural = _("browsers to tell")

    def __str__(self) -> str:
        return f"{self.person_id} {self.device}"
