from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from academics.choices import ExpertiseKind, TeachingKind
from academics.models.courses import Course, CourseOffering
from academics.models.slots import slot
from accounts.models import LecturerProfile


class Expertise(models.Model):
    """A field of medicine that courses ask for and lecturers know."""

    name = models.CharField(_("name"), max_length=100)
    version = models.PositiveIntegerField(default=1, editable=False)
    name_key = models.GeneratedField(
        expression=Lower(F("name")),
        output_field=models.CharField(max_length=100),
        db_persist=True,
        max_length=100,  # of the field itself: what a unique key's check asks
        unique=True,
        error_messages={"unique": _("This expertise exists already.")},
    )

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertises")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="expertise_named")]

    def __str__(self) -> str:
        return self.name


class CourseExpertise(models.Model):
    """A course asks its lecturers for this expertise (any one of them is enough)."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="expertise_rows")
    expertise = models.ForeignKey(Expertise, models.PROTECT, related_name="course_rows")

    class Meta:
        verbose_name = _("expertise of a course")
        verbose_name_plural = _("expertises of courses")
        constraints = [
            models.UniqueConstraint(fields=["course", "expertise"], name="course_expertise_once")
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.expertise_id}"


class LecturerExpertise(models.Model):
    """A lecturer has this expertise, or the competence to teach it."""

    lecturer = models.ForeignKey(LecturerProfile, models.CASCADE, related_name="expertise_rows")
    expertise = models.ForeignKey(Expertise, models.PROTECT, related_name="lecturer_rows")
    kind = models.CharField(
        _("kind"), max_length=10, choices=ExpertiseKind, default=ExpertiseKind.EXPERTISE
    )

    class Meta:
        verbose_name = _("expertise of a lecturer")
        verbose_name_plural = _("expertises of lecturers")
        constraints = [
            models.UniqueConstraint(
                fields=["lecturer", "expertise", "kind"], name="lecturer_expertise_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ExpertiseKind.values), name="lecturer_expertise_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lecturer_id} {self.expertise_id}"


class TeachingRole(models.Model):
    """What a lecturer is in an offering; at most one coordinates it."""

    offering = models.ForeignKey(CourseOffering, models.PROTECT, related_name="teaching_roles")
    lecturer = models.ForeignKey(LecturerProfile, models.PROTECT, related_name="teaching_roles")
    kind = models.CharField(_("role"), max_length=11, choices=TeachingKind)
    label = models.CharField(_("role in the curriculum"), max_length=100, blank=True)
    coordinator_slot = slot(Q(kind=TeachingKind.COORDINATOR), F("offering_id"))

    class Meta:
        verbose_name = _("teaching role")
        verbose_name_plural = _("teaching roles")
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "lecturer", "kind"], name="teaching_role_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TeachingKind.values), name="teaching_role_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lecturer}, {self.get_kind_display()}"
