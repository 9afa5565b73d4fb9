from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from academics.choices import VeteranStatus
from academics.models.terms import Term
from accounts.models import StudentProfile


class StudentEntry(models.Model):
    """The term in which a student entered the faculty."""

    student = models.OneToOneField(
        StudentProfile, models.CASCADE, primary_key=True, related_name="entry"
    )
    term = models.ForeignKey(Term, models.PROTECT, related_name="entries")

    class Meta:
        verbose_name = _("entry of a student")
        verbose_name_plural = _("entries of students")

    def __str__(self) -> str:
        return f"{self.student_id}: {self.term_id}"


class VeteranRecord(models.Model):
    """A student who repeats parts of the programme, now or in the past.

    ``terms`` counts the terms as a veteran so far, ``level_at_graduation`` is the level from
    which a graduate came back. ``set_at`` stays when the record is completed.
    """

    student = models.OneToOneField(
        StudentProfile, models.PROTECT, primary_key=True, related_name="veteran"
    )
    status = models.CharField(_("status"), max_length=9, choices=VeteranStatus)
    is_multi = models.BooleanField(_("in several levels at once"), default=False)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    level_at_graduation = models.PositiveSmallIntegerField(null=True, blank=True)
    terms = models.PositiveSmallIntegerField(_("terms as a veteran"), default=0)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("veteran since"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)

    class Meta:
        verbose_name = _("veteran")
        verbose_name_plural = _("veterans")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=VeteranStatus.values), name="veteran_known_status"
            ),
            models.CheckConstraint(
                condition=Q(status=VeteranStatus.COMPLETED, completed_at__isnull=False)
                | (~Q(status=VeteranStatus.COMPLETED) & Q(completed_at=None)),
                name="veteran_completed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(completed_at__gte=F("set_at")),
                name="veteran_completed_after_set",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.status}"


class VeteranLevel(models.Model):
    """A level in which a veteran sits."""

    student = models.ForeignKey(VeteranRecord, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(_("study level"))
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("level of a veteran")
        verbose_name_plural = _("levels of veterans")
        constraints = [
            models.UniqueConstraint(fields=["student", "level"], name="veteran_level_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 7)), name="veteran_level_1_7"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.level}"


class VeteranEvent(models.Model):
    """What happened to a veteran. Rows are added, never changed."""

    student = models.ForeignKey(StudentProfile, models.PROTECT, related_name="veteran_events")
    verb = models.CharField(_("event"), max_length=20)
    from_status = models.CharField(_("before"), max_length=9, choices=VeteranStatus)
    to_status = models.CharField(_("after"), max_length=9, choices=VeteranStatus)
    level = models.PositiveSmallIntegerField(_("study level"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("event of a veteran")
        verbose_name_plural = _("events of veterans")
        indexes = [models.Index(fields=["student", "-at", "-id"], name="veteran_event_history")]

    def __str__(self) -> str:
        return f"{self.student_id} {self.verb}"
