from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from isme.lib.fields import ExactCharField
from notifications import audiences
from notifications.kinds import Words, words_of


class Notice(models.Model):
    """One event and the description of whom it is for: one row, however many people are told.

    The workers tell people in the order of their ids; ``cursor`` is the last one, ``told`` how
    many there were so far, ``expected`` how many the audience had when they began.
    """

    kind = ExactCharField(max_length=60)
    about = ExactCharField(max_length=80, blank=True)
    values = models.JSONField(default=dict)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    term_id = models.BigIntegerField(null=True, blank=True)
    audience = models.JSONField(default=list)
    key = ExactCharField(max_length=120, null=True, blank=True, unique=True)
    cursor = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now)
    told_at = models.DateTimeField(_("everybody told"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(condition=Q(cursor__gte=0), name="notice_cursor_not_negative"),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(told_at__gte=F("created_at")),
                name="notice_told_after_made",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "about"], name="notice_kind_about"),
            models.Index(fields=["by"], name="notice_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"

    @property
    def people(self) -> audiences.Audience:
        return audiences.described(self.audience)

    @property
    def words(self) -> Words:
        values: dict[str, Any] = self.values
        return words_of(self.kind, values)
