from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Place, SignInEventKind
from accounts.models.user import User


class SignInEvent(models.Model):
    """What happened at somebody's door. Rows are added, never changed.

    Without a person: a name that nobody has. It is noted like a wrong password, so that both
    take as long.
    """

    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="sign_in_events"
    )
    kind = models.CharField(_("event"), max_length=12, choices=SignInEventKind)
    device = models.CharField(_("device"), max_length=60, blank=True)
    place = models.CharField(_("place"), max_length=10, choices=Place, blank=True)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("sign-in event")
        verbose_name_plural = _("sign-in events")
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="sign_in_event_history"),
            models.Index(fields=["kind", "at"], name="sign_in_event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
