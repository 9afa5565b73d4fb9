from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from academics.models import Class, CourseOffering
from accounts.models import User
from forum.choices import Access, Colour
from forum.querysets import CategoryQuerySet
from isme.lib.fields import ExactCharField


class ForumCategory(models.Model):
    """A place for threads, and what students and lecturers may do there.

    That of a course (``offering``) or a class is open to its members only. The office and super admins may do everything in every category.
    """

    name = models.CharField(_("name"), max_length=100)
    slug = ExactCharField(_("address"), max_length=80, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=20, default="chat")
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.GREEN)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    is_active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(_("can't be deleted"), default=False, editable=False)
    student_access = models.PositiveSmallIntegerField(
        _("students may"), choices=Access, default=Access.OPEN
    )
    lecturer_access = models.PositiveSmallIntegerField(
        _("lecturers may"), choices=Access, default=Access.OPEN
    )

    offering = models.OneToOneField(
        CourseOffering, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    course_class = models.OneToOneField(
        Class, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum category")
        verbose_name_plural = _("forum categories")
        ordering = ["order", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(student_access__in=Access.values)
                & models.Q(lecturer_access__in=Access.values),
                name="forum_category_known_access",
            ),
            models.CheckConstraint(
                condition=models.Q(offering=None) | models.Q(course_class=None),
                name="forum_category_of_course_or_class",
            ),
            models.CheckConstraint(
                condition=models.Q(colour__in=Colour.values), name="forum_category_known_colour"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:category", args=[self.slug])


class CategoryFollow(models.Model):
    """Somebody who wants to hear of every new thread of a category."""

    category = models.ForeignKey(ForumCategory, models.CASCADE, related_name="follows")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "user"], name="forum_category_follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.category_id}"
