"""A page of a thread's posts, in as many queries for 1 reply as for 50,000.

Most readers of a thread read the same: its posts are kept in the process under the thread's
version, which grows with every change that a page shows, so that a kept page can't be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, Subquery

from accounts.models import User
from forum.choices import MarkKind, PostState, Sort
from forum.models import Attachment, Post, PostMark
from forum.models.fields import MOST_DEPTH, SEGMENT_BYTES
from isme.lib.prepared import Prepared

PAGE_POSTS = 200
MOST_START = 2 * SEGMENT_BYTES * MOST_DEPTH + 1  # characters; longer ones are forged
KEPT_PAGES = 64  # in each process; of 200 posts with a kilobyte or so each
COLUMNS = (
    "id", "number", "parent_id", "path", "depth", "state", "child_count", "like_count",
    "pseudonym", "html", "created_at", "edited_at", "endorsed_at", "removed_by_id",
    "author_id", "by_name", "by_role", "by_avatar",
)  # fmt: skip


class Row(NamedTuple):
    """A post as a page reads it: a tuple, because a thousand model instances cost 50 ms."""

    id: int
    number: int
    parent_id: int | None
    path: bytes
    depth: int
    state: str
    child_count: int
    like_count: int
    pseudonym: int | None
    html: str
    created_at: datetime
    edited_at: datetime | None
    endorsed_at: datetime | None
    removed_by_id: int | None
    author_id: int
    name: str
    role: str
    avatar_id: int | None


class File(NamedTuple):
    """An attachment of a post."""

    id: int
    name: str
    size: int
    content_type: str


@dataclass(frozen=True)
class Page:
    """Posts in reading order and where the neighbours begin ("" where there is none).

    Many readers may share one: it is not to be changed.
    """

    rows: list[Row]
    sort: Sort = Sort.TREE
    next_from: str = ""
    before: str = ""
    liked: set[int] = field(default_factory=set)
    bookmarked: set[int] = field(default_factory=set)
    files: dict[int, list[File]] = field(default_factory=dict)


def path_of(text: str | None) -> bytes | None:
    """The path that an address names, or None for anything forged or cut."""
    step = 2 * SEGMENT_BYTES
    if not text or len(text) % step or len(text) > step * MOST_DEPTH:
        return None
    try:
        return bytes.fromhex(text) if text.isascii() and text.isalnum() else None
    except ValueError:
        return None


class Wanted(NamedTuple):
    """A page of a thread: which, for whom, and from where on. All that decides what it reads."""

    thread_id: int
    for_staff: bool  # who also see hidden posts, which they must be able to judge
    sort: Sort = Sort.TREE
    start: str = ""
    before: str = ""


def _posts(wanted: Wanted) -> Any:
    """Shown posts; for staff also hidden ones."""
    shown = Q(state=PostState.VISIBLE) | Q(child_count__gt=0)
    if wanted.for_staff:
        shown |= Q(state=PostState.HIDDEN)
    return Post.objects.filter(shown, thread_id=wanted.thread_id)


def _read(rows: Any) -> list[Row]:
    """The rows with their authors, each looked up when its row is sent.

    Not by a join: where there are few people, MariaDB would begin with them, and read and sort
    the whole thread for one page of it.
    """
    author = User.objects.filter(pk=OuterRef("author_id"))
    rows = rows.annotate(
        by_name=Subquery(author.values("name")),
        by_role=Subquery(author.values("role")),
        by_avatar=Subquery(author.values("avatar_id")),
    )
    return [
        row._replace(path=bytes(row.path)) if type(row.path) is not bytes else row
        for row in map(Row._make, rows.values_list(*COLUMNS))
    ]


def _calmest(rows: Sequence[Row], first: int, last: int) -> int:
    """The index in ``first..last`` where the fewest branches are cut; the last of the best."""
    return min(range(first, last + 1), key=lambda index: (rows[index].depth, -index))


def page_of(wanted: Wanted) -> Page:
    """The posts of a page with their files, for whoever reads it. Two queries."""
    if wanted.sort != Sort.TREE:
        return with_files(_flat_page(wanted))
    before = path_of(wanted.before)
    page = _page_before(wanted, before) if before else _tree_page(wanted, path_of(wanted.start))
    return with_files(page)


@lru_cache(maxsize=KEPT_PAGES)
def _kept(wanted: Wanted, _version: int, _people: str) -> Page:
    return page_of(wanted)


def kept_page(wanted: Wanted, version: int, people: str) -> Page:
    """``page_of``; no query while others have just read the same.

    ``version`` is the thread's, read before; ``people`` is the word for its authors' names
    (isme.lib.versions), "" while nobody knows it: then nothing is kept.
    """
    return _kept(wanted, version, people) if people else page_of(wanted)


def _tree_page(wanted: Wanted, start: bytes | None) -> Page:
    """At most 200 replies from ``start`` on. One query.

    Without a start it is the beginning, with the opening text. A page ends where the next branch begins: branches of up to half a page are always whole.
    """
    size = PAGE_POSTS + (start is None)
    rows = _read(_posts(wanted).filter(path__gte=start or b"").order_by("path")[: size + 1])
    next_from = ""
    if len(rows) > size:
        cut = _calmest(rows, size // 2, size)
        next_from = rows[cut].path.hex()
        rows = rows[:cut]
    before = rows[0].path.hex() if start is not None and rows else ""
    return Page(rows, next_from=next_from, before=before)


def _page_before(wanted: Wanted, before: bytes) -> Page:
    posts = _posts(wanted).filter(path__lt=before)
    rows = _read(posts.order_by("-path")[: PAGE_POSTS + 1])[::-1]
    earlier = ""
    if len(rows) > PAGE_POSTS:
        half = PAGE_POSTS // 2
        cut = min(range(1, half + 1), key=lambda index: (rows[index].depth, index))
        rows = rows[cut:]
        earlier = rows[0].path.hex()
    return Page(rows, next_from=before.hex(), before=earlier)


def _flat_page(wanted: Wanted) -> Page:
    """At most 200 visible replies, newest or most liked first, from the start on. One query."""
    posts = _posts(wanted).filter(depth__gt=0, state=PostState.VISIBLE)
    likes, _dash, number = wanted.start.rpartition("-")
    known = all(part.isascii() and part.isdigit() and len(part) < 10 for part in (likes, number))  # noqa: PLR2004
    if wanted.sort == Sort.LIKED:
        if known:
            fewer, same = Q(like_count__lt=int(likes)), Q(like_count=int(likes))
            posts = posts.filter(fewer | (same & Q(number__lte=int(number))))
        posts = posts.order_by("-like_count", "-number")
    else:
        if known:
            posts = posts.filter(number__lte=int(number))
        posts = posts.order_by("-number")
    rows = _read(posts[: PAGE_POSTS + 1])
    more = len(rows) > PAGE_POSTS
    next_from = f"{rows[-1].like_count}-{rows[-1].number}" if more else ""
    return Page(rows[:PAGE_POSTS], sort=wanted.sort, next_from=next_from)


def with_files(page: Page) -> Page:
    """The page with the files of its posts: one query."""
    files: dict[int, list[File]] = {}
    found = Attachment.objects.filter(post_id__in=[row.id for row in page.rows]).order_by("pk")
    columns = ("post_id", "file_id", "file__name", "file__size", "file__content_type")
    for post_id, *rest in found.values_list(*columns):
        files.setdefault(post_id, []).append(File(*rest))
    return replace(page, files=files)


def with_marks(page: Page, user: User) -> Page:
    """The page with what ``user`` liked and saved of it: one query."""
    liked: set[int] = set()
    saved: set[int] = set()
    for post_id, kind in _marks(posts=tuple(row.id for row in page.rows), user=user.pk):
        (liked if kind == MarkKind.LIKE else saved).add(post_id)
    return replace(page, liked=liked, bookmarked=saved)


@Prepared
def _marks(*, posts: tuple[int, ...], user: int) -> Any:
    """Two hundred numbers cost the ORM 2 ms to write."""
    return PostMark.objects.filter(user_id=user, post_id__in=posts).values_list("post_id", "kind")


def one_post(post_id: int, user: User, *, is_bare: bool = False) -> Page:
    """A page of one post, for a part of a page: three queries.

    One for a post that ``is_bare``: known to have no files, and no marks of the reader's.
    """
    page = Page(rows=_read(Post.objects.filter(pk=post_id)))
    return page if is_bare else with_marks(with_files(page), user)


def page_start(post: Post) -> bytes | None:
    """Where the page begins that shows ``post`` with as much of its branch as fits. One query.

    None: on the first page.
    """
    earlier = Post.objects.filter(thread_id=post.thread_id, path__lte=post.path)
    window = [
        bytes(path)
        for path in earlier.order_by("-path").values_list("path", flat=True)[: PAGE_POSTS // 2]
    ]
    if len(window) < PAGE_POSTS // 2:
        return None
    own = bytes(post.path)
    above = [path for path in window if own.startswith(path)]
    return min(above, key=len)
