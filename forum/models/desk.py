from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.choices import ReportReason
from forum.models.category import ForumCategory
from forum.models.post import Post
from forum.models.thread import Thread
from isme.lib.fields import ExactCharField


class Draft(models.Model):
    """What somebody was writing. ``place`` says where: "c3" a thread, "t9" a reply, "t9p12".

    ``details`` is what else they typed and ticked, by the names of the form's fields.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    place = ExactCharField(max_length=40)
    category = models.ForeignKey(ForumCategory, models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=255, blank=True)
    body = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "place"], name="forum_draft_one_per_place"),
            models.CheckConstraint(
                condition=Q(category=None, thread__isnull=False)
                | Q(category__isnull=False, thread=None),
                name="forum_draft_in_category_or_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} of {self.user_id}"

    @property
    def first(self) -> dict[str, str]:
        """What a form begins with."""
        return {**self.details, "title": self.title, "body": self.body}

    @property
    def query(self) -> str:
        """What opens the answer to the same post: "?parent=12", or nothing."""
        answered = self.place.partition("p")[2]
        return f"?parent={answered}" if answered else ""


class Report(models.Model):
    """Somebody says that a post should not stand. Handled once, for all who reported it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=ReportReason)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["post", "reporter"], name="forum_report_once"),
            models.CheckConstraint(
                condition=Q(reason__in=ReportReason.values), name="forum_report_known_reason"
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="forum_report_handled_by_and_when",
            ),
        ]
        indexes = [models.Index(fields=["handled_at", "created_at"], name="forum_report_to_do")]

    def __str__(self) -> str:
        return f"{self.reason} on {self.post_id}"
