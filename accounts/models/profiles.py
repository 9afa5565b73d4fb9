from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Gender, MainRole, StudentStatus
from accounts.models.user import User


class StudentProfile(models.Model):
    """What the faculty knows of a student beyond the account (domain, section 2.2)."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="student_profile"
    )
    intake_year = models.PositiveSmallIntegerField(_("intake year"))
    level = models.PositiveSmallIntegerField(_("study level"))
    status = models.CharField(
        _("status"), max_length=12, choices=StudentStatus, default=StudentStatus.ACTIVE
    )
    gpa = models.DecimalField(_("GPA"), max_digits=3, decimal_places=2, null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender)

    class Meta:
        verbose_name = _("student profile")
        verbose_name_plural = _("student profiles")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__range=(1, 7)),
                name="student_level_1_7",
                violation_error_message=_("A study level lies between 1 and 7."),
            ),
            models.CheckConstraint(
                condition=Q(gpa=None) | Q(gpa__range=(0, 4)),
                name="student_gpa_0_4",
                violation_error_message=_("A GPA lies between 0 and 4."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=StudentStatus.values), name="student_known_status"
            ),
            models.CheckConstraint(
                condition=Q(intake_year__range=(1990, 2100)), name="student_intake_year_plausible"
            ),
        ]
        indexes = [models.Index(fields=["status", "level"], name="student_status_level")]

    def __str__(self) -> str:
        return str(self.user)


class LecturerProfile(models.Model):
    """What the faculty knows of a lecturer beyond the account."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="lecturer_profile"
    )
    main_role = models.CharField(_("main role"), max_length=12, choices=MainRole)

    class Meta:
        verbose_name = _("lecturer profile")
        verbose_name_plural = _("lecturer profiles")

    def __str__(self) -> str:
        return str(self.user)
