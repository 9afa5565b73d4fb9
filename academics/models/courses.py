import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from academics.choices import CourseKind, ModuleKind
from academics.models.terms import Term
from isme.lib.fields import ExactCharField
from isme.lib.models import StoredFile


class Course(models.Model):
    """A course of the faculty's plan. It is given by offerings, one for each term.

    ``level`` is empty for courses of short terms. ``block_no`` is the place of a block within
    its level.
    """

    code = ExactCharField(
        _("code"),
        max_length=20,
        unique=True,
        error_messages={"unique": _("Another course has this code.")},
    )
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=7, choices=CourseKind)
    level = models.PositiveSmallIntegerField(_("study level"), null=True, blank=True)
    block_no = models.PositiveSmallIntegerField(_("block number"), null=True, blank=True)
    curriculum_year = models.PositiveSmallIntegerField(_("curriculum year"))
    credits = models.PositiveSmallIntegerField(_("credits"), null=True, blank=True)
    curriculum_roles = models.JSONField(_("curriculum roles"), default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__range=(1, 7)),
                name="course_level_1_7",
                violation_error_message=_("A study level lies between 1 and 7."),
            ),
            models.CheckConstraint(
                # Without "is not NULL" a missing number would be neither true nor false, and pass.
                condition=Q(kind=CourseKind.BLOCK, block_no__isnull=False, block_no__range=(1, 9))
                | (~Q(kind=CourseKind.BLOCK) & Q(block_no=None)),
                name="course_block_has_number",
                violation_error_message=_("A block, and only a block, has a block number."),
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=False) | ~Q(kind=CourseKind.CSR),
                name="course_csr_has_level",
                violation_error_message=_("A CSR course belongs to a study level."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CourseKind.values), name="course_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(curriculum_year__range=(1990, 2100)),
                name="course_curriculum_year_plausible",
                violation_error_message=_("The curriculum year lies between 1990 and 2100."),
            ),
            models.CheckConstraint(
                condition=Q(credits=None) | Q(credits__range=(1, 40)),
                name="course_credits_1_40",
                violation_error_message=_("Credits lie between 1 and 40."),
            ),
        ]
        indexes = [models.Index(fields=["level", "code"], name="course_level_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("academics:course", args=[self.code])


DAYS_IN_WEEK = 7


def weeks_between(first: dt.date, last: dt.date) -> int:
    """How many weeks the days from ``first`` to ``last`` touch, counted from ``first``."""
    return (last - first).days // DAYS_IN_WEEK + 1


class CourseOffering(models.Model):
    """A course as it is given in one term: its people, classes, modules and files hang on it.

    ``weeks`` are those with teaching: at most as many as lie between its days, fewer with holidays.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="offerings")
    term = models.ForeignKey(Term, models.PROTECT, related_name="offerings")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    weeks = models.PositiveSmallIntegerField(_("weeks"), null=True, blank=True)
    syllabus = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("course offering")
        verbose_name_plural = _("course offerings")
        constraints = [
            models.UniqueConstraint(fields=["course", "term"], name="offering_once_per_term"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="offering_ends_after_start",
                violation_error_message=_("The last day lies after the first."),
            ),
            models.CheckConstraint(
                condition=Q(weeks=None) | Q(weeks__range=(1, 60)), name="offering_weeks_1_60"
            ),
        ]
        indexes = [models.Index(fields=["term", "course"], name="offering_of_term")]

    def __str__(self) -> str:
        return f"{self.course}, {self.term}"


class Module(models.Model):
    """A numbered part of an offering: a PBL module, a journal topic or a CSR skill."""

    offering = models.ForeignKey(CourseOffering, models.PROTECT, related_name="modules")
    kind = models.CharField(_("kind"), max_length=9, choices=ModuleKind)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=150)

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "kind", "number"], name="module_number_once"
            ),
            models.CheckConstraint(condition=Q(number__range=(1, 99)), name="module_number_1_99"),
            models.CheckConstraint(
                condition=Q(kind__in=ModuleKind.values), name="module_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Material(models.Model):
    """A file that the lecturers of an offering give to its students."""

    offering = models.ForeignKey(CourseOffering, models.PROTECT, related_name="materials")
    title = models.CharField(_("title"), max_length=150)
    file = models.OneToOneField(StoredFile, models.PROTECT, editable=False, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            models.UniqueConstraint(fields=["offering", "title"], name="material_title_once")
        ]

    def __str__(self) -> str:
        return self.title
