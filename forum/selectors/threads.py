"""Lists of categories and threads, as far as a person may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from academics.selectors import places
from accounts.models import User
from forum.choices import Follow
from forum.models import (
    CategoryFollow,
    ForumCategory,
    Post,
    Pseudonym,
    Thread,
    ThreadAccess,
    ThreadReader,
)
from forum.querysets import unread_since
from isme.lib.prepared import Prepared

Ids = tuple[int, ...]


class Counted(NamedTuple):
    """A category with its threads as one person sees them."""

    category: ForumCategory
    threads: int = 0
    unread: int = 0
    last_post_at: datetime | None = None


def counted(found: Sequence[ForumCategory], user: User) -> list[Counted]:
    """Categories that ``user`` may read with what is in them: 1 query, whatever their number."""
    ids = tuple(category.pk for category in found)
    rows = _counted(user.role, unread_since(), categories=ids, reader=user.pk) if ids else []
    numbers = {row["category_id"]: (row["threads"], row["unread"], row["last"]) for row in rows}
    return [Counted(category, *numbers.get(category.pk, ())) for category in found]


@Prepared
def _counted(role: str, since: datetime, *, categories: Ids, reader: int) -> Any:
    user = User(role=role, pk=reader)
    rows = Thread.objects.in_categories(categories, user).with_marks(user, since)
    return (
        rows.order_by()
        .values("category_id")
        .annotate(
            threads=Count("pk"),
            unread=Count("pk", filter=Q(is_unread=True)),
            last=Max("last_post_at"),
        )
    )


def threads_of(
    category: ForumCategory, user: User, *, q: str = "", tag: str = ""
) -> "QuerySet[Thread]":
    """The threads of a category that ``user`` may read, with author and marks."""
    rows = Thread.objects.in_categories([category], user)
    rows = rows.select_related("category", "author").with_marks_of(user)
    if tag:
        rows = rows.filter(tags__contains=f"|{tag}|")
    if q:
        opening = Post.objects.filter(number=0, thread__category=category).matching(q)
        rows = rows.filter(pk__in=opening.values("thread_id"))
    return rows


def thread_for(user: User, pk: int) -> Thread | None:
    """The thread with category and the reader's own row, if ``user`` may read it. One query."""
    mine = places.known(user)
    where = {"offerings": mine.offerings, "classes": mine.classes} if mine else {}
    return next(iter(_thread(user.role, mine is not None, pk=pk, reader=user.pk, **where)), None)


@Prepared
def _thread(  # noqa: PLR0913 (all that the rule depends on)
    role: str, is_known: bool, *, pk: int, reader: int, offerings: Ids = (), classes: Ids = ()
) -> "QuerySet[Thread]":
    """One thread as somebody of ``role`` may read it, whose places are known or are asked for."""
    user = places.somebody(role, places.Places.at(offerings, classes) if is_known else None)
    user.pk = reader
    return Thread.objects.visible_to(user).with_reader(user).filter(pk=pk)


def post_for(user: User, pk: int) -> Post | None:
    """The post with thread and category, if ``user`` may read it. One query."""
    return Post.objects.visible_to(user).filter(pk=pk).first()


def just_deleted(user: User, pk: int) -> Post | None:
    """The reply that ``user`` deleted by mistake, with thread and category. One query."""
    return Post.objects.just_deleted_by(user).filter(pk=pk).first()


def follows(user: User, category: ForumCategory) -> bool:
    return CategoryFollow.objects.filter(user=user, category=category).exists()


def allowed_people(thread: Thread) -> list[Any]:
    """Those who were let into a private thread: id and name, by name."""
    rows = ThreadAccess.objects.filter(thread=thread).order_by("user__name", "user_id")
    return list(rows.values_list("user_id", "user__name", named=True))


def usernames(thread: Thread) -> list[str]:
    """Of those who were let in, for the form's field."""
    rows = ThreadAccess.objects.filter(thread=thread).order_by("user__username")
    return list(rows.values_list("user__username", flat=True))


def readers(thread: Thread) -> "QuerySet[ThreadReader]":
    """Who opened the thread.

    By name and day: who looked at 12.03 wrote what "Anonymous 2" wrote at 12.03.
    """
    seen = ThreadReader.objects.filter(thread=thread).exclude(seen_number=None)
    return seen.select_related("user")


def moved_to(pk: int) -> int | None:
    """The post that the opening text of a merged thread has become. One query."""
    return Thread.objects.filter(pk=pk).values_list("moved_to_id", flat=True).first()


def has_masked_others(thread: Thread, user: User) -> bool:
    """Whether somebody but ``user`` wrote in it under a pseudonym."""
    return Pseudonym.objects.filter(thread=thread).exclude(user=user).exists()


def my_threads(user: User) -> "QuerySet[Thread]":
    """Threads that ``user`` opened or wrote in or follows."""
    mine = ThreadReader.objects.filter(user=user, follow=Follow.FOLLOWING).values("thread_id")
    rows = Thread.objects.visible_to(user).filter(Q(author_id=user.pk) | Q(pk__in=mine))
    return rows.select_related("category", "author").with_marks_of(user)


def my_bookmarks(user: User) -> "QuerySet[Post]":
    """Posts that ``user`` saved and may still read."""
    saved = Post.objects.visible_to(user).filter(marks__user=user, marks__kind="bookmark")
    return saved.select_related("thread__category", "author")
