"""What somebody was writing."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from forum.models import Draft, ForumCategory, Thread


def draft_at(user: User, place: str) -> Draft | None:
    return Draft.objects.filter(user=user, place=place).first()


def drafts_of(user: User) -> "QuerySet[Draft]":
    """With ``is_open``: whether they may still read the place where it was to go.

    If not, its title is none of their business any more; the text is theirs.
    """
    threads = Thread.objects.visible_to(user).filter(pk=OuterRef("thread_id"))
    categories = ForumCategory.objects.visible_to(user).filter(pk=OuterRef("category_id"))
    rows = Draft.objects.filter(user=user).select_related("thread", "category")
    return rows.annotate(is_open=Q(Exists(threads)) | Q(Exists(categories)))
