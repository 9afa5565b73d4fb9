from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.choices import Follow, ThreadState
from forum.models.category import ForumCategory
from forum.querysets import ThreadQuerySet


class Thread(models.Model):
    """A discussion. Its counters change only under a lock on this row.

    ``version`` grows with every change that its page shows. ``last_number`` is the number of its
    youngest post, ``newest_number`` that of the youngest that readers see: what is gone is no
    news, and ``last_post_at`` is the newest one's time. ``moved_to`` is where the opening text of
    a merged thread stands now. ``tags`` reads "|angina|nyeri alih|".
    """

    category = models.ForeignKey(ForumCategory, models.PROTECT, related_name="threads")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=255)
    tags = models.CharField(_("tags"), max_length=255, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ThreadState, default=ThreadState.OPEN
    )
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_private = models.BooleanField(_("private"), default=False)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    is_question = models.BooleanField(_("question"), default=False)
    accepted = models.ForeignKey(
        "forum.Post", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closes_at = models.DateTimeField(_("open until"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_post_at = models.DateTimeField(default=timezone.now, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    newest_number = models.PositiveIntegerField(default=0, editable=False)
    reply_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    moved_to = models.ForeignKey(
        "forum.Post", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ThreadState.values), name="forum_thread_known_state"
            ),
            models.CheckConstraint(
                condition=Q(accepted=None) | Q(is_question=True),
                name="forum_thread_only_question_accepts",
            ),
            models.CheckConstraint(
                condition=Q(reply_count__lte=models.F("last_number")),
                name="forum_thread_counts_its_replies",
            ),
            models.CheckConstraint(
                condition=Q(newest_number__lte=models.F("last_number")),
                name="forum_thread_newest_is_its_own",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="forum_thread_has_title"),
        ]
        indexes = [
            models.Index(
                fields=["category", "is_pinned", "last_post_at", "id"], name="forum_thread_list"
            ),
            models.Index(fields=["author", "created_at"], name="forum_thread_author"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forum:thread", args=[self.pk])

    @property
    def takes_replies(self) -> bool:
        """Neither closed nor archived, and its deadline has not passed."""
        in_time = self.closes_at is None or timezone.now() < self.closes_at
        return self.state == ThreadState.OPEN and in_time

    @property
    def tag_list(self) -> list[str]:
        return [tag for tag in self.tags.split("|") if tag]


class ThreadAccess(models.Model):
    """Somebody who was let into a private thread."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="allowed")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="forum_access_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.thread_id}"


class ThreadReader(models.Model):
    """What one person saw of a thread, and whether they follow it.

    ``seen`` has a bit for each number that was on a page of theirs (little end first);
    ``seen_number`` is the thread's last number at their last look. ``version`` grows when
    something of theirs changes that the page shows. Without ``has_marks`` they never liked or
    saved a post in it.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="readers")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen = models.BinaryField(default=b"")
    seen_number = models.PositiveIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    follow = models.CharField(max_length=10, choices=Follow, default=Follow.NONE)
    version = models.PositiveIntegerField(default=0)
    has_marks = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="forum_reader_once"),
            models.CheckConstraint(
                condition=Q(follow__in=Follow.values), name="forum_reader_known_follow"
            ),
            models.CheckConstraint(
                condition=Q(seen_number=None, seen_at=None)
                | Q(seen_number__isnull=False, seen_at__isnull=False),
                name="forum_reader_seen_number_and_time",
            ),
        ]
        indexes = [models.Index(fields=["thread", "follow"], name="forum_reader_follow")]

    def __str__(self) -> str:
        return f"{self.user_id} reads {self.thread_id}"


class Pseudonym(models.Model):
    """The number under which somebody writes anonymously in one thread."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="pseudonyms")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="forum_pseudonym_once"),
            models.UniqueConstraint(fields=["thread", "number"], name="forum_pseudonym_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} in {self.thread_id}"
