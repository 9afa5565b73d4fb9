from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import SheetState
from accounts.models.user import User


class PasswordSheet(models.Model):
    """A printed sheet of one-time passwords, one slip for each person; made by a worker.

    The passwords stand only in its file, which its maker may fetch for a day.
    """

    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    people = models.JSONField(default=list)
    state = models.CharField(
        _("state"), max_length=8, choices=SheetState, default=SheetState.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    file = models.ForeignKey("lib.StoredFile", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("sheet of passwords")
        verbose_name_plural = _("sheets of passwords")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SheetState.values), name="password_sheet_known_state"
            ),
            models.CheckConstraint(
                condition=Q(file=None) | Q(state=SheetState.DONE),
                name="password_sheet_file_when_done",
            ),
        ]
        indexes = [models.Index(fields=["maker", "-id"], name="password_sheet_of_maker")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def total(self) -> int:
        return len(self.people)

    @property
    def is_over(self) -> bool:
        return self.state in {SheetState.DONE, SheetState.FAILED}
