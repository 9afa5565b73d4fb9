"""The vocabulary of the forum's lists: above all, who sees what."""

import re
from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Lookup,
    Q,
)
from django.utils import timezone

from academics.selectors import membership, places
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
UNDO = timedelta(minutes=10)  # how long what one deleted oneself can be brought back
LEAST_INDEXED = 3  # characters; InnoDB's default
# Words of three letters and more that InnoDB leaves out of its index.
NOT_INDEXED = frozenset(
    [
        "about",
        "are",
        "com",
        "for",
        "from",
        "how",
        "that",
        "the",
        "this",
        "und",
        "was",
        "what",
        "when",
        "where",
        "who",
        "will",
        "with",
        "www",
    ]
)


def level_column(role: str) -> str | None:
    """The column that says what ``role`` may do in a category; None for staff.

    A role that no column names may do nothing.
    """
    if role in STAFF:
        return None
    return LEVEL_COLUMNS.get(role, "")


def open_to(user: User, prefix: str = "") -> Q:
    """The categories that ``user`` may read, as a condition on ``prefix``.

    Where the request knows the places of ``user`` (academics.selectors.places), the database
    isn't asked for them once more.
    """
    column = level_column(user.role)
    if column is None:
        return Q()
    if not column:
        return Q(pk__in=[])
    level = Q(**{f"{prefix}is_active": True, f"{prefix}{column}__gte": Access.READ})
    general = Q(**{f"{prefix}offering": None, f"{prefix}course_class": None})
    mine = places.known(user)
    offerings = membership.offerings_of(user.pk).values("pk") if mine is None else mine.offerings
    classes = membership.classes_of(user.pk).values("pk") if mine is None else mine.classes
    of_course = Q(**{f"{prefix}offering__in": offerings})
    of_class = Q(**{f"{prefix}course_class__in": classes})
    return level & (general | of_course | of_class)


def unread_since() -> datetime:
    """What rested since then (some days, from midnight) is no news any more."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=UNREAD_DAYS)


class InTitleOrBody(Lookup):
    """MariaDB's full-text match of a post's title and body, in boolean mode.

    A lookup, because Django compares any other expression with TRUE, and a relevance isn't that.
    """

    prepare_rhs = False

    def __init__(self, query: str) -> None:
        super().__init__(F("title"), query)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "InTitleOrBody":
        found = copy(self)
        found.lhs = self.lhs.resolve_expression(*args, **kwargs)
        return found

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        title, _none = compiler.compile(self.lhs)
        body = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.`body`"
        return f"MATCH({title}, {body}) AGAINST (%s IN BOOLEAN MODE)", [self.rhs]


def words_of(q: str) -> list[str]:
    """The words that are looked for: letters and digits only, eight at most."""
    return list(dict.fromkeys(re.findall(r"\w{2,40}", q.lower().replace("_", " "))))[:8]


class CategoryQuerySet(models.QuerySet["ForumCategory"]):
    def visible_to(self, user: User) -> "CategoryQuerySet":
        return self.filter(open_to(user))


Categories = Sequence["ForumCategory"] | Sequence[int]


def _of_boards(rows: Any, user: User, prefix: str, categories: Categories | None = None) -> Any:
    """Keep what belongs to threads of boards that ``user`` may read; private ones of others too.

    ``prefix`` leads to the thread; ``categories`` are those that ``user`` may read, where they
    are known already.
    """
    here = (
        open_to(user, f"{prefix}category__")
        if categories is None
        else Q(**{f"{prefix}category__in": categories})
    )
    return rows.exclude(**{f"{prefix}state": ThreadState.DELETED}).filter(here)


def _readable(rows: Any, user: User, prefix: str, categories: Categories | None = None) -> Any:
    """Keep what belongs to threads that ``user`` may read: the one rule of every path.

    As ``_of_boards``. Joins one row at most; no query of its own.
    """
    rows = _of_boards(rows, user, prefix, categories)
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
    return rows.alias(my_access=mine).filter(may)


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> "ThreadQuerySet":
        """Threads that ``user`` may read, with their categories."""
        rows: ThreadQuerySet = _readable(self.select_related("category"), user, "")
        return rows

    def on_boards_of(self, user: User) -> "ThreadQuerySet":
        """Threads of categories that ``user`` may read, the private ones of others too.

        For lists that many share: whoever shows one of it to somebody asks ``may`` of the row.
        """
        rows: ThreadQuerySet = _of_boards(self.select_related("category"), user, "")
        return rows

    def in_categories(self, found: Categories, user: User) -> "ThreadQuerySet":
        """The same within categories that ``user`` is known to read: without asking again."""
        rows: ThreadQuerySet = _readable(self.filter(category__in=found), user, "", found)
        return rows

    def with_marks_of(self, user: User) -> "ThreadQuerySet":
        """Annotate the reader's row: ``seen_number`` (None: never opened) and ``is_unread``."""
        return self.with_marks(user, unread_since())

    def with_marks(self, user: User, since: datetime) -> "ThreadQuerySet":
        """The same; what rested ``since`` then is not unread."""
        mine = FilteredRelation("readers", condition=Q(readers__user_id=user.pk))
        unread = Q(last_post_at__gte=since) & (
            Q(seen_number__isnull=True) | Q(newest_number__gt=F("seen_number"))
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
            has_my_marks=F("mine__has_marks"),
        )


class PostQuerySet(models.QuerySet["Post"]):
    def shown(self) -> "PostQuerySet":
        """Posts that have a place on the page: visible ones, and others that answers hang on."""
        return self.filter(Q(state=PostState.VISIBLE) | Q(child_count__gt=0))

    def matching(self, q: str) -> "PostQuerySet":
        """Posts with all words of ``q`` (beginnings count) in text or title; none for no words.

        MariaDB asks its full-text index; words that are not in it are looked for as they are.
        """
        words = words_of(q)
        if not words:
            return self.none()
        rows = self
        indexed = {word for word in words if len(word) >= LEAST_INDEXED} - NOT_INDEXED
        long = [word for word in words if word in indexed]
        if connection.vendor == "mysql" and long:
            rows = rows.filter(InTitleOrBody(" ".join(f"+{word}*" for word in long)))
            words = [word for word in words if word not in long]
        for word in words:
            rows = rows.filter(Q(title__icontains=word) | Q(body__icontains=word))
        return rows

    def visible_to(self, user: User) -> "PostQuerySet":
        """Posts in threads that ``user`` may read, with thread and category.

        Staff see hidden ones too; nobody sees deleted ones.
        """
        rows: PostQuerySet = _readable(self.select_related("thread__category"), user, "thread__")
        rows = rows.exclude(state=PostState.DELETED)
        return rows if user.role in STAFF else rows.exclude(state=PostState.HIDDEN)

    def just_deleted_by(self, user: User) -> "PostQuerySet":
        """What ``user`` may still bring back, where they may read the thread: for the undo alone."""
        rows: PostQuerySet = _readable(self.select_related("thread__category"), user, "thread__")
        since = timezone.now() - UNDO
        return rows.filter(state=PostState.DELETED, removed_by=user, removed_at__gte=since)
