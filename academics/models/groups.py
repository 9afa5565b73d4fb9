from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from academics.choices import GroupKind
from academics.models.slots import slot
from academics.models.terms import Term
from accounts.models import StudentProfile


class StudentGroup(models.Model):
    """A large group (a cohort in a term) or one of the small groups it is divided into.

    Its identity stays when its members change: whatever points at it keeps pointing.
    ``level`` is empty in short terms. ``made_by_run`` is the promotion that copied it.
    """

    term = models.ForeignKey(Term, models.PROTECT, related_name="groups")
    kind = models.CharField(_("kind"), max_length=5, choices=GroupKind)
    level = models.PositiveSmallIntegerField(_("study level"), null=True, blank=True)
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="small_groups"
    )
    made_by_run = models.ForeignKey(
        "academics.PromotionRun",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="groups",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    # NULLs never collide in a unique key, so 0 stands for "no level" and "no parent" there.
    level_key = models.GeneratedField(
        expression=Coalesce(F("level"), Value(0)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    parent_key = models.GeneratedField(
        expression=Coalesce(F("parent_id"), Value(0)),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("student group")
        verbose_name_plural = _("student groups")
        constraints = [
            models.UniqueConstraint(
                fields=["term", "kind", "level_key", "parent_key", "number"],
                name="group_number_once",
                violation_error_message=_("Another group has this number."),
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__range=(1, 7)), name="group_level_1_7"
            ),
            models.CheckConstraint(condition=Q(number__range=(1, 999)), name="group_number_1_999"),
            models.CheckConstraint(
                condition=Q(kind=GroupKind.LARGE, parent=None)
                | Q(kind=GroupKind.SMALL, parent__isnull=False),
                name="group_small_has_parent",
                violation_error_message=_("A small group, and only that, belongs to a large one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("academics:group", args=[self.pk])


class GroupMember(models.Model):
    """A student's place in a group.

    ``term`` and ``kind`` repeat the group's, so that one row can say the rule: one large and
    one small group per student and term. ``is_extra`` frees the further places of a student who
    is a veteran in several levels at once. A locked place stays when groups are dealt anew.
    """

    group = models.ForeignKey(StudentGroup, models.PROTECT, related_name="members")
    student = models.ForeignKey(StudentProfile, models.PROTECT, related_name="group_places")
    term = models.ForeignKey(Term, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=GroupKind)
    is_extra = models.BooleanField(default=False)
    is_locked = models.BooleanField(_("stays in this group"), default=False)
    ordinary_slot = slot(Q(is_extra=False), F("student_id"), unique=False)

    class Meta:
        verbose_name = _("group member")
        verbose_name_plural = _("group members")
        constraints = [
            models.UniqueConstraint(fields=["group", "student"], name="group_member_once"),
            models.UniqueConstraint(
                fields=["ordinary_slot", "term", "kind"],
                name="group_member_one_group_per_term_and_kind",
            ),
        ]
        indexes = [models.Index(fields=["student", "term"], name="group_member_of_student")]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.group_id}"


class GroupingRun(models.Model):
    """One dealing of a large group into small ones, with what was before, so it can be undone.

    ``before`` and ``after`` map a student's id to the id of a small group.
    """

    large_group = models.ForeignKey(StudentGroup, models.PROTECT, related_name="grouping_runs")
    seed = models.PositiveBigIntegerField()
    groups = models.PositiveSmallIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dealing of groups")
        verbose_name_plural = _("dealings of groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="grouping_run_undone_all_or_nothing",
            ),
            models.CheckConstraint(condition=Q(groups__gte=1), name="grouping_run_has_groups"),
        ]

    def __str__(self) -> str:
        return f"{self.large_group_id}: {self.groups}"
