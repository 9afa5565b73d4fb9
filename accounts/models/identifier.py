from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import IdentifierKind
from accounts.models.user import User
from isme.lib.fields import ExactCharField


class Identifier(models.Model):
    """A name by which one account, and no other, may sign in: one value, one row, whatever kind.

    Values are canonical (accounts.canonical). A username that equals another identifier of
    the same person (a NIM, say) has no row of its own.
    """

    value = ExactCharField(_("value"), max_length=150, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=IdentifierKind)
    user = models.ForeignKey(User, models.CASCADE, related_name="identifiers")

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="identifier_one_of_each_kind")
        ]

    def __str__(self) -> str:
        return self.value
