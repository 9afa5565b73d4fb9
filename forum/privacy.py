"""What the forum keeps about people."""

from django.utils.translation import gettext_lazy as _

from forum.models import Post
from isme.lib import privacy
from isme.lib.privacy import Record, Table

OF_OFFICE = (
    "forum.Post.edited_by",
    "forum.Post.removed_by",
    "forum.Post.endorsed_by",
    "forum.Report.handled_by",
)


def _masked_posts(user_id: int) -> list[str]:
    masked = Post.objects.filter(author_id=user_id, pseudonym__isnull=False)
    return [f"post:{pk}" for pk in masked.values_list("pk", flat=True)]


def offer() -> None:
    """Put the record into the registry."""
    privacy.add(
        Record(
            "forum",
            _("Discussions"),
            _(
                "What you wrote for others, and your own places in it: drafts, marks, what you read."
            ),
            _("Posts for as long as the discussion is kept; erased, they stay without your name."),
            (
                Table("forum.Thread", "author_id", is_kept=True),
                Table("forum.Post", "author_id", ("html", "path"), is_kept=True),
                Table("forum.Pseudonym", "user_id", is_kept=True),
                Table("forum.Report", "reporter_id", is_kept=True),
                Table("forum.Draft", "user_id"),
                Table("forum.PostMark", "user_id", is_kept=True),
                Table("forum.ThreadReader", "user_id"),
                Table("forum.ThreadAccess", "user_id"),
                Table("forum.CategoryFollow", "user_id"),
            ),
            OF_OFFICE,
            subjects=_masked_posts,
        )
    )
