from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.choices import MarkKind, PostState
from forum.models.fields import MOST_DEPTH, SEGMENT_BYTES, PathField
from forum.models.thread import Thread
from forum.querysets import PostQuerySet
from isme.lib.models import StoredFile


class Post(models.Model):
    """The opening text of a thread (number 0, depth 0) or a reply.

    ``parent`` is what it answers; its place hangs under the path's parent, which is another one
    when the answered post lies at depth 10. ``child_count`` counts shown posts directly below.
    ``pseudonym`` is set when it was written anonymously: then nothing may show ``author``. ``title`` repeats the thread's in its opening
    text, so that one index finds both (migration 0004).
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answers"
    )
    number = models.PositiveIntegerField()
    path = PathField()
    depth = models.PositiveSmallIntegerField()
    pseudonym = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=255, blank=True, editable=False)
    body = models.TextField(_("text"))
    html = models.TextField(editable=False)
    markup_version = models.PositiveSmallIntegerField(editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=PostState, default=PostState.VISIBLE
    )
    child_count = models.PositiveIntegerField(default=0)
    like_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True, blank=True)
    endorsed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["thread", "path"], name="forum_post_one_place"),
            models.UniqueConstraint(fields=["thread", "number"], name="forum_post_one_number"),
            models.CheckConstraint(
                condition=Q(depth__lte=MOST_DEPTH)
                & Q(Exact(Length("path"), F("depth") * SEGMENT_BYTES)),
                name="forum_post_depth_of_path",
            ),
            models.CheckConstraint(
                condition=Q(depth__lte=1, parent=None) | Q(depth__gte=2, parent__isnull=False),
                name="forum_post_parent_from_depth_2",
            ),
            models.CheckConstraint(
                condition=Q(depth=0, number=0) | Q(depth__gte=1, number__gte=1),
                name="forum_post_opening_is_number_0",
            ),
            models.CheckConstraint(
                condition=Q(state=PostState.VISIBLE, removed_at=None, removed_by=None)
                | Q(
                    state__in=[PostState.HIDDEN, PostState.DELETED],
                    removed_at__isnull=False,
                    removed_by__isnull=False,
                ),
                name="forum_post_removed_by_and_when",
            ),
            models.CheckConstraint(
                condition=Q(edited_at=None, edited_by=None)
                | Q(edited_at__isnull=False, edited_by__isnull=False),
                name="forum_post_edited_by_and_when",
            ),
            models.CheckConstraint(
                condition=Q(endorsed_at=None, endorsed_by=None)
                | Q(endorsed_at__isnull=False, endorsed_by__isnull=False),
                name="forum_post_endorsed_by_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["thread", "like_count", "number"], name="forum_post_liked"),
            models.Index(fields=["author", "created_at"], name="forum_post_author"),
            models.Index(fields=["created_at"], name="forum_post_time"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} in {self.thread_id}"

    def get_absolute_url(self) -> str:
        return reverse("forum:post", args=[self.pk])


class PostRevision(models.Model):
    """How a post read before a marked edit."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    html = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["post", "written_at"], name="forum_revision_order")]

    def __str__(self) -> str:
        return f"{self.post_id} until {self.written_at}"


class PostMark(models.Model):
    """A like or a bookmark of one person on one post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="marks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=MarkKind)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "kind"], name="forum_mark_once"),
            models.CheckConstraint(
                condition=Q(kind__in=MarkKind.values), name="forum_mark_known_kind"
            ),
        ]
        indexes = [models.Index(fields=["user", "kind", "id"], name="forum_mark_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id} on {self.post_id}"


class Attachment(models.Model):
    """A file of a post. Who may see the post may fetch it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.file_id} of {self.post_id}"
