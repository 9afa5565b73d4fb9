from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from academics.models.courses import CourseOffering
from academics.models.groups import StudentGroup
from accounts.models import StudentProfile


class Class(models.Model):
    """A section of an offering. With ``group`` its members are those of that large group.

    Such a mirror is as large as its group; it has a ``capacity`` only if somebody sets one.
    """

    offering = models.ForeignKey(CourseOffering, models.PROTECT, related_name="classes")
    name = models.CharField(_("name"), max_length=60)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    group = models.ForeignKey(
        StudentGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="classes",
        verbose_name=_("follows the large group"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "name"],
                name="class_name_once",
                violation_error_message=_("Another class of this course has this name."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__range=(1, 10_000)),
                name="class_capacity_1_10000",
                violation_error_message=_("A capacity lies between 1 and 10,000 persons."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=False) | Q(group__isnull=False),
                name="class_of_its_own_has_capacity",
                violation_error_message=_("A class with members of its own needs a capacity."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("academics:class", args=[self.pk])


class ClassMember(models.Model):
    """A student's place in a class.

    ``offering`` repeats the class's, so that one row can say: one class per student and course.
    """

    course_class = models.ForeignKey(Class, models.PROTECT, related_name="members")
    student = models.ForeignKey(StudentProfile, models.PROTECT, related_name="class_places")
    offering = models.ForeignKey(CourseOffering, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("class member")
        verbose_name_plural = _("class members")
        constraints = [
            models.UniqueConstraint(fields=["course_class", "student"], name="class_member_once"),
            models.UniqueConstraint(
                fields=["student", "offering"], name="class_member_one_class_per_course"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.course_class_id}"
