from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from isme.lib.fields import ExactCharField
from notifications.models.notice import Notice


class Notification(models.Model):
    """One notice in one person's inbox: exactly one row for both. Read state is theirs alone.

    ``kind`` and ``term_id`` repeat the notice's, so that a filtered list needs one index.
    """

    notice = models.ForeignKey(
        Notice, models.CASCADE, related_name="notifications", db_index=False
    )
    person = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = ExactCharField(max_length=60)
    term_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "person"], name="notification_once_per_person"
            )
        ]
        indexes = [
            models.Index(fields=["person", "deleted_at", "id"], name="notification_inbox"),
            models.Index(
                fields=["person", "deleted_at", "read_at", "id"], name="notification_unread"
            ),
            models.Index(fields=["deleted_at"], name="notification_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"
