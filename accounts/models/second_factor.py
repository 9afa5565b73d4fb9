from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from isme.lib.fields import ExactCharField


class SecondFactor(models.Model):
    """The app on somebody's phone that makes codes (TOTP, RFC 6238). Pending until confirmed.

    ``secret`` is encrypted with a key made from SECRET_KEY. ``last_step`` is the 30 s step of
    the newest code that was used: that one and older ones never work again.
    """

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret = models.CharField(max_length=255, editable=False)
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """A code on paper for the day on which the phone is gone; good once, kept as a hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = ExactCharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return str(self.user_id)
