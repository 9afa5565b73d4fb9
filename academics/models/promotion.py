from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from academics.choices import VeteranStatus
from academics.models.slots import slot
from academics.models.terms import Term
from accounts.choices import StudentStatus
from accounts.models import StudentProfile


class PromotionRun(models.Model):
    """One promotion of all active students from a term into another.

    While it isn't reverted, nobody can be promoted from the same term, or into the same term,
    a second time.
    """

    from_term = models.ForeignKey(Term, models.PROTECT, related_name="promotions_from")
    to_term = models.ForeignKey(Term, models.PROTECT, related_name="promotions_into")
    promoted = models.PositiveIntegerField(_("promoted"), default=0)
    graduated = models.PositiveIntegerField(_("graduated"), default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    reverted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reverted_at = models.DateTimeField(_("reverted"), null=True, blank=True)
    live_from_slot = slot(Q(reverted_at=None), F("from_term_id"))
    live_to_slot = slot(Q(reverted_at=None), F("to_term_id"))

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_term=F("to_term")), name="promotion_between_two_terms"
            ),
            models.CheckConstraint(
                condition=Q(reverted_at=None, reverted_by=None)
                | Q(reverted_at__isnull=False, reverted_by__isnull=False),
                name="promotion_reverted_all_or_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_term_id} -> {self.to_term_id}"


class PromotionEntry(models.Model):
    """What one promotion did to one student: enough to take it back."""

    run = models.ForeignKey(PromotionRun, models.PROTECT, related_name="entries")
    student = models.ForeignKey(StudentProfile, models.PROTECT, related_name="promotions")
    from_level = models.PositiveSmallIntegerField()
    to_level = models.PositiveSmallIntegerField()
    from_status = models.CharField(max_length=12, choices=StudentStatus)
    to_status = models.CharField(max_length=12, choices=StudentStatus)
    from_veteran = models.CharField(max_length=9, choices=VeteranStatus)
    to_veteran = models.CharField(max_length=9, choices=VeteranStatus)

    class Meta:
        verbose_name = _("promoted student")
        verbose_name_plural = _("promoted students")
        constraints = [
            models.UniqueConstraint(fields=["run", "student"], name="promotion_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.from_level} -> {self.to_level}"
