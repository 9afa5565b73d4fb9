from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import LinkPurpose
from accounts.models.user import User
from isme.lib.fields import ExactCharField


class MailedLink(models.Model):
    """A link that was mailed to somebody, good once and for a few minutes.

    ``selector`` finds the row; only a hash of what proves the link is kept, and that is made
    from SECRET_KEY, so the job can mail the same link again while a copy of the database
    opens nothing. ``request`` is the wish it answers: a job that runs twice makes one row.
    ``refusal`` is what the mail server said when it refused the mail for good.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="mailed_links")
    purpose = models.CharField(max_length=10, choices=LinkPurpose)
    request = ExactCharField(max_length=64, unique=True)
    selector = ExactCharField(max_length=32, unique=True)
    token_hash = ExactCharField(max_length=64)
    address = models.CharField(_("e-mail"), max_length=150)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(_("refused"), null=True, db_index=True)
    refusal = models.CharField(_("reason"), max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = _("mailed link")
        verbose_name_plural = _("mailed links")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.values), name="mailed_link_known_purpose"
            )
        ]
        indexes = [
            models.Index(fields=["user", "purpose", "created_at"], name="mailed_link_of_user")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.user_id}"
