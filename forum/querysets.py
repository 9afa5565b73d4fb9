"""The vocabulary of the forum's lists: above all, who sees what."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, FilteredRelation, Q
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from forum.choices import Access, PostState, ThreadState

if TYPE_CHECKING:
    from forum.models import ForumCategory, Post, Thread

LEVEL_COLUMNS: dict[str, str] = {
    Role.STUDENT: "student_access",
    Role.LECTURER: "lecturer_access",
}
STAFF = {Role.SUPER_ADMIN, Role.OFFICE}
UNREAD_DAYS = 60


def level_column(role: str) -> str | None:
    """The column that says what ``role`` may do in a category; None for staff.

    A role that no column names may do nothing.
    """
    if role in STAFF:
        return None
    return LEVEL_COLUMNS.get(role, "")


def open_to(user: User, prefix: str = "") -> Q:
    """The categories that ``user`` may read, as a condition on ``prefix``."""
    column = level_column(user.role)
    if column is None:
        return Q()
    if not column:
        return Q(pk__in=[])
    return Q(**{f"{prefix}is_active": True, f"{prefix}{column}__gte": Access.READ})


class CategoryQuerySet(models.QuerySet["ForumCategory"]):
    def visible_to(self, user: User) -> "CategoryQuerySet":
        return self.filter(open_to(user))


def _readable(rows: Any, user: User, prefix: str) -> Any:
    """Keep what belongs to threads that ``user`` may read: the one rule of every path.

    ``prefix`` leads to the thread. Joins one row at most; no query of its own.
    """
    rows = rows.exclude(**{f"{prefix}state": ThreadState.DELETED})
    if user.role in STAFF:
        return rows
    mine = FilteredRelation(
        f"{prefix}allowed", condition=Q(**{f"{prefix}allowed__user_id": user.pk})
    )
    may = (
        Q(**{f"{prefix}is_private": False})
        | Q(**{f"{prefix}author_id": user.pk})
        | Q(my_access__id__isnull=False)
    )
    return rows.alias(my_access=mine).filter(open_to(user, f"{prefix}category__"), may)


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> "ThreadQuerySet":
        """Threads that ``user`` may read, with their categories."""
        rows: ThreadQuerySet = _readable(self.select_related("category"), user, "")
        return rows

    def with_marks_of(self, user: User) -> "ThreadQuerySet":
        """Annotate the reader's row: ``seen_number`` (None: never opened) and ``is_unread``."""
        mine = FilteredRelation("readers", condition=Q(readers__user_id=user.pk))
        recent = timezone.now() - timedelta(days=UNREAD_DAYS)
        unread = Q(last_post_at__gte=recent) & (
            Q(seen_number__isnull=True) | Q(last_number__gt=F("seen_number"))
        )
        rows = self.alias(mine=mine).annotate(seen_number=F("mine__seen_number"))
        return rows.annotate(is_unread=ExpressionWrapper(unread, output_field=BooleanField()))

    def with_reader(self, user: User) -> "ThreadQuerySet":
        """Annotate what the thread's page needs of the reader's row; all None without one."""
        mine = FilteredRelation("readers", condition=Q(readers__user_id=user.pk))
        return self.alias(mine=mine).annotate(
            my_seen=F("mine__seen"),
            my_number=F("mine__seen_number"),
            my_follow=F("mine__follow"),
            my_version=F("mine__version"),
        )


class PostQuerySet(models.QuerySet["Post"]):
    def shown(self) -> "PostQuerySet":
        """Posts that have a place on the page: visible ones, and others that answers hang on."""
        return self.filter(Q(state=PostState.VISIBLE) | Q(child_count__gt=0))

    def visible_to(self, user: User) -> "PostQuerySet":
        """Posts in threads that ``user`` may read, with thread and category.

        Staff see hidden ones too; nobody sees deleted ones.
        """
        rows: PostQuerySet = _readable(self.select_related("thread__category"), user, "thread__")
        rows = rows.exclude(state=PostState.DELETED)
        return rows if user.role in STAFF else rows.exclude(state=PostState.HIDDEN)
