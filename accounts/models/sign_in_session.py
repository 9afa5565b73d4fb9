from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Place
from accounts.models.user import User
from isme.lib.fields import ExactCharField

VISIT_GAP = timedelta(minutes=30)


class SignInSession(models.Model):
    """The one live sign-in of a person. The key is the person: two can't exist.

    ``secret_hash`` is "" when nobody is signed in. ``previous_hash`` is that of the device which
    was displaced by the present one, or with nobody signed in that of the one whose session
    staff ended, so that it can be told so. ``epoch`` grows with every change that a page of this
    person could show. ``left_at`` is when the visit before this one ended, to five minutes: a
    visit ends when half an hour passes without a page.
    """

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="sign_in_session"
    )
    secret_hash = ExactCharField(max_length=64, blank=True)
    previous_hash = ExactCharField(max_length=64, blank=True)
    epoch = models.PositiveBigIntegerField(default=1)
    device = models.CharField(_("device"), max_length=60, blank=True)
    place = models.CharField(_("place"), max_length=10, choices=Place, blank=True)
    remembered = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("started"), null=True)
    seen_at = models.DateTimeField(_("last seen"), null=True)
    left_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("sign-in session")
        verbose_name_plural = _("sign-in sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(secret_hash="")
                | Q(started_at__isnull=False, seen_at__isnull=False, expires_at__isnull=False),
                name="sign_in_session_live_has_times",
            ),
            models.CheckConstraint(
                condition=Q(secret_hash="") | ~Q(secret_hash=models.F("previous_hash")),
                name="sign_in_session_secret_is_new",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.device}"

    def visit_before(self, now: datetime) -> datetime | None:
        """When the visit before that of ``now`` ended; None where there was none."""
        if self.seen_at is not None and now - self.seen_at >= VISIT_GAP:
            return self.seen_at
        return self.left_at
