"""The posts of a page as HTML, in one pass of strings.

Two hundred posts cost 2 ms here and 30 ms as template includes, and must stay under 150 KB: so the
markup is terse (optional end tags and quotes are left out, pictures of buttons and initials are
CSS). Safe only because every value but the stored HTML, which was sanitised when it was written,
is escaped in ``_drawn``.

Most readers of a thread see most posts alike: a drawn post is kept in the process under all that
it was drawn from. Whatever changes (a name, a count, the day) is another post, so nothing kept
can be wrong, or somebody else's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape as escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.models import User
from forum.choices import PostState, Sort
from forum.models import Thread
from forum.models.fields import MOST_DEPTH
from forum.selectors.tree import File, Page, Row
from isme.lib.names import initials_of

COLOURS = "abcd"
KEPT_POSTS = 4096  # in each process, of a kilobyte or two
MOST_KEPT_CHARACTERS = 4000  # few posts are longer
DEPTH_OF_ROOT = 1


def when(moment: datetime, today: Any) -> str:
    """A time as people say it: today's by the hour, else with the day, else with the year."""
    local = timezone.localtime(moment)
    if local.date() == today:
        return f"{local:%H.%M}"
    if local.year == today.year:
        return date_format(local, "j M H.i")
    return date_format(local, "j M Y")


@dataclass
class Words:
    """The strings of every post, looked up once a page."""

    reply: str = field(default_factory=lambda: _("Reply"))
    more: str = field(default_factory=lambda: _("More"))
    new: str = field(default_factory=lambda: _("New"))
    edited: str = field(default_factory=lambda: _("edited"))
    asker: str = field(default_factory=lambda: _("Thread starter"))
    answers: str = field(default_factory=lambda: _("in answer to"))
    another: str = field(default_factory=lambda: _("an earlier reply"))
    lecturer: str = field(default_factory=lambda: _("Lecturer"))
    office: str = field(default_factory=lambda: _("Academic office"))
    anonymous: str = field(default_factory=lambda: _("Anonymous"))
    accepted: str = field(default_factory=lambda: _("Accepted answer"))
    endorsed: str = field(default_factory=lambda: _("Endorsed by a lecturer"))
    deleted: str = field(default_factory=lambda: _("This reply was deleted."))
    hidden: str = field(default_factory=lambda: _("This reply is hidden by the academic office."))
    saved: str = field(default_factory=lambda: _("Saved"))


@cache
def words_in(_language: str | None) -> Words:
    """The strings in the language that is active."""
    return Words()


@cache
def _branch(children: int, _language: str | None) -> str:
    """The head of a branch, in the language that is active."""
    label = ngettext("%(count)s reply", "%(count)s replies", children) % {"count": children}
    return f"<details open><summary>{label}</summary><ol>"


@cache
def _likes(count: int, _language: str | None) -> str:
    """What the button of a post says that ``count`` people like, in the language that is active."""
    if not count:
        return _("Like")
    return ngettext("%(count)s like", "%(count)s likes", count) % {"count": count}


class Look(NamedTuple):
    """What all posts of a page are drawn by."""

    thread_id: int
    accepted_id: int | None
    starter: tuple[int | None, int]
    takes_replies: bool
    today: date
    language: str | None


class Own(NamedTuple):
    """What of a post is the reader's own."""

    is_liked: bool
    is_saved: bool
    is_new: bool


class TreeHtml:
    """Renders the rows of one page for one reader."""

    def __init__(self, thread: Thread, page: Page, user: User, *, takes_replies: bool) -> None:
        self.thread, self.page, self.user = thread, page, user
        self.takes_replies = takes_replies
        self.words = words_in(get_language())
        self.seen = int.from_bytes(getattr(thread, "my_seen", None) or b"", "little")
        self.look = Look(
            thread_id=thread.pk,
            accepted_id=thread.accepted_id,
            starter=self._starter(),
            takes_replies=takes_replies,
            today=timezone.localdate(),
            language=get_language(),
        )
        self.names = {row.id: row for row in page.rows}

    def _starter(self) -> tuple[int | None, int]:
        """Who is marked as the thread's starter: by pseudonym in an anonymous one, else by id."""
        if not self.thread.is_anonymous:
            return (None, self.thread.author_id)
        return (1, 0)  # the opening text takes the first number

    def is_new(self, row: Row) -> bool:
        return not self.seen >> row.number & 1 and row.author_id != self.user.pk

    @property
    def new_numbers(self) -> list[int]:
        """The numbers on this page that the reader's row doesn't have yet."""
        return [row.number for row in self.page.rows if not self.seen >> row.number & 1]

    def tree(self, rows: list[Row]) -> SafeString:
        """Nested lists, folded by ``details``. Depths below the first row's are filled up."""
        return SafeString("".join(self._tree(rows)))

    def _tree(self, rows: list[Row]) -> Iterator[str]:
        if not rows:
            return
        depth = rows[0].depth
        yield "<ol class=replies hx-disable>"
        if depth > DEPTH_OF_ROOT:
            yield "<li><details class=rest open><summary>…</summary><ol>" * (depth - DEPTH_OF_ROOT)
        children = 0
        for index, row in enumerate(rows):
            if row.depth > depth:
                yield _branch(children, self.look.language)
            elif index:
                yield "</ol></details>" * (depth - row.depth)
            yield f"<li>{self._post(row)}"
            depth, children = row.depth, row.child_count
        yield "</ol></details>" * (depth - DEPTH_OF_ROOT)
        yield "</ol>"

    def flat(self, rows: list[Row]) -> SafeString:
        """The same posts without the tree, each with what it answers."""
        items = "".join(f"<li>{self._post(row)}" for row in rows)
        return SafeString(f"<ol class=replies hx-disable>{items}</ol>")

    def item(self, row: Row) -> SafeString:
        return SafeString(f"<li>{self._post(row)}")

    def article(self, row: Row) -> SafeString:
        return SafeString(self._post(row))

    def _post(self, row: Row) -> str:
        if row.state != PostState.VISIBLE:
            return self._removed(row)
        own = Own(row.id in self.page.liked, row.id in self.page.bookmarked, self.is_new(row))
        files = tuple(self.page.files.get(row.id, ()))
        draw = _kept if len(row.html) <= MOST_KEPT_CHARACTERS else _drawn
        return draw(self.look, own, row, self._answered(row), files)

    def _removed(self, row: Row) -> str:
        hidden = row.state == PostState.HIDDEN
        text = self.words.hidden if hidden else self.words.deleted
        more = (
            f"<footer><a href=/forum/posts/{row.id}/menu/>{self.words.more}</a></footer>"
            if hidden and self.user.role in {Role.SUPER_ADMIN, Role.OFFICE}
            else ""
        )
        return f'<article class="post post--gone" id=p{row.id}><p>{text}</p>{more}</article>'

    def _answered(self, row: Row) -> str:
        """What a post answers, where its place in the tree doesn't show it."""
        if row.parent_id is None:
            return ""
        parent = self.names.get(row.parent_id)
        if self.page.sort == Sort.TREE:
            sideways = parent.depth == row.depth if parent else row.depth == MOST_DEPTH
            if not sideways:
                return ""
        name = _who(parent, self.words)[0] if parent else self.words.another
        return f" · {self.words.answers} <a href=/forum/posts/{row.parent_id}/>{name}</a>"


def _drawn(look: Look, own: Own, row: Row, answered: str, files: tuple[File, ...]) -> str:
    """One post. ``answered`` is HTML that says what it answers."""
    words, pk = words_in(look.language), row.id
    name, face = _who(row, words)
    off, pressed = (" name=off", "true") if own.is_liked else ("", "false")
    reply = (
        f"<a href=/forum/t/{look.thread_id}/reply/?parent={pk}>{words.reply}</a>"
        if look.takes_replies
        else ""
    )
    notes = f" · {words.saved}" if own.is_saved else ""
    if row.edited_at is not None:
        notes = f" · <a href=/forum/posts/{pk}/history/>{words.edited}</a>{notes}"
    new = f"<mark>{words.new}</mark>" if own.is_new else ""
    return (
        f"<article class=post id=p{pk}{face}<header>{_best(look, row, words)}<b>{name}</b>"
        f"{_badge(look, row, words)}{new}"
        f" <a href=/forum/posts/{pk}/>{when(row.created_at, look.today)}</a>"
        f"{notes}{answered}</header><div>{row.html}</div>{_files(files)}"
        f"<footer><button form=f{off} formaction=/forum/posts/{pk}/like/ aria-pressed={pressed}>"
        f"{_likes(row.like_count, look.language)}</button>{reply}<a href=/forum/posts/{pk}/menu/>{words.more}</a></footer>"
        "</article>"
    )


_kept = lru_cache(maxsize=KEPT_POSTS)(_drawn)


def _who(row: Row, words: Words) -> tuple[str, str]:
    """The name that may be shown, and the rest of the opening tag with the face."""
    if row.pseudonym is not None:
        colour = COLOURS[row.pseudonym % len(COLOURS)]
        return f"{words.anonymous} {row.pseudonym}", f" data-i=? data-c={colour}>"
    name = str(escape(row.name))
    if row.avatar_id is not None:
        picture = f"/files/{row.avatar_id}/avatar.webp"
        return name, f'><img src={picture} alt="" width=36 height=36 loading=lazy>'
    colour = COLOURS[row.author_id % len(COLOURS)]
    return name, f' data-i="{escape(initials_of(row.name))}" data-c={colour}>'


def _best(look: Look, row: Row, words: Words) -> str:
    if row.id == look.accepted_id:
        return f"<strong>{words.accepted}</strong>"
    return f"<strong>{words.endorsed}</strong>" if row.endorsed_at else ""


def _badge(look: Look, row: Row, words: Words) -> str:
    if row.number and _is_starter(look, row):
        return f"<i>{words.asker}</i>"
    if row.pseudonym is None and row.role == Role.LECTURER:
        return f"<i>{words.lecturer}</i>"
    if row.pseudonym is None and row.role in {Role.OFFICE, Role.SUPER_ADMIN}:
        return f"<i>{words.office}</i>"
    return ""


def _is_starter(look: Look, row: Row) -> bool:
    pseudonym, author_id = look.starter
    if pseudonym is not None:
        return row.pseudonym == pseudonym
    return row.pseudonym is None and row.author_id == author_id


def _files(files: tuple[File, ...]) -> str:
    if not files:
        return ""
    links = "".join(f"<li><a href={_address(file)}>{_shown(file)}</a>" for file in files)
    return f"<ul class=files>{links}</ul>"


def _shown(file: File) -> str:
    """A picture as itself, whatever else there is by name and size."""
    if file.content_type.startswith("image/"):
        return f'<img src={_address(file)} alt="{escape(file.name)}" loading=lazy>'
    return f"{escape(file.name)} <small>{filesizeformat(file.size)}</small>"


def _address(file: File) -> str:
    return f"/files/{file.id}/{quote(file.name, safe='') or 'x'}"
