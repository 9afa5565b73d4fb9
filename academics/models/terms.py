from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from academics.choices import TermKind
from academics.models.slots import slot


class AcademicYear(models.Model):
    """A year of the faculty, named by the calendar year it begins in; at most one is active."""

    first_year = models.PositiveSmallIntegerField(
        _("begins in"), unique=True, error_messages={"unique": _("This year exists already.")}
    )
    is_active = models.BooleanField(_("active"), default=False)
    active_slot = slot(Q(is_active=True))

    class Meta:
        verbose_name = _("academic year")
        verbose_name_plural = _("academic years")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_year__range=(1990, 2100)),
                name="academic_year_plausible",
                violation_error_message=_("An academic year begins between 1990 and 2100."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"{self.first_year}/{self.first_year + 1}"


class Term(models.Model):
    """One odd, even or short term of a year; at most one in the whole faculty is active."""

    year = models.ForeignKey(
        AcademicYear, models.PROTECT, related_name="terms", verbose_name=_("academic year")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=TermKind)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    is_active = models.BooleanField(_("active"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    active_slot = slot(Q(is_active=True))

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [
            models.UniqueConstraint(fields=["year", "kind"], name="term_once_per_year_and_kind"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="term_ends_after_start",
                violation_error_message=_("The last day lies after the first."),
            ),
            models.CheckConstraint(condition=Q(kind__in=TermKind.values), name="term_known_kind"),
        ]
        indexes = [models.Index(fields=["starts_on", "id"], name="term_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year.label}"
