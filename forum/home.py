"""The blocks that the forum offers to home pages.

A thread that was opened, answered for good or taken away is news for everybody (``FORUM``). A
reply is not: a lively evening would have every home page built anew with each sentence. Who is
told of it sees it at once, as who reads and who writes; others three minutes later at most. What
a lecturer answered is news for lecturers alone (``QUESTIONS``).
"""

from dataclasses import replace
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from forum.choices import FORUM, QUESTIONS
from forum.pictures import POSTS
from forum.selectors import home as selectors
from forum.selectors import news
from forum.selectors.seen import keys
from forum.views.lines import starter
from forum.views.tree import when
from isme.lib import home
from isme.lib.home import Block

STUDENT = frozenset({Role.STUDENT.value})
STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
LECTURER = frozenset({Role.LECTURER.value})
FOLDER = "forum/home"
LATE_SECONDS = 180 - news.FRESH_SECONDS  # the list of threads may be old by itself
CHART = "components/charts/chart.html"


def offer() -> None:
    """Put the blocks into the registry."""
    seen: tuple[str, ...] = (FORUM,)
    unread = Block("unread", f"{FOLDER}/_unread.html", _unread, 60, home.MAIN, STUDENT, seen)
    home.add(replace(unread, lasts=LATE_SECONDS, keys=keys))
    seen = (FORUM, QUESTIONS)
    waiting = Block("waiting", f"{FOLDER}/_waiting.html", _waiting, 20, home.MAIN, LECTURER, seen)
    home.add(replace(waiting, lasts=LATE_SECONDS))
    home.add(Block("talk", CHART, _talk, 330, home.MAIN, STAFF))


def _talk(_user: User) -> dict[str, Any]:
    return POSTS.context()


class Line(NamedTuple):
    """A thread with something unread; ``news``: so many replies, 0 for a new thread."""

    address: str
    title: str
    board: str
    last: str
    news: int


def _unread(user: User) -> dict[str, Any] | None:
    """The threads with the youngest news first."""
    found = news.unread_threads(user)
    if not found.total:
        return None
    new, today = news.news_of(found.threads, user), timezone.localdate()
    lines = [
        Line(
            address=f"/forum/t/{talk.pk}/",
            title=talk.title,
            board=talk.board,
            last=when(talk.last_post_at, today),
            news=new.get(talk.pk, 0),
        )
        for talk, _seen in found.threads
    ]
    return {"lines": lines, "total": found.total, "more": found.total - len(lines)}


def _waiting(user: User) -> dict[str, Any] | None:
    """The questions that wait longest first."""
    found = selectors.first_of(selectors.open_questions(user), "created_at")
    if not found.total:
        return None
    today = timezone.localdate()
    lines = [
        {
            "address": thread.get_absolute_url(),
            "title": thread.title,
            "board": thread.category.name,
            "who": starter(thread),
            "asked": when(thread.created_at, today),
        }
        for thread in found.threads
    ]
    return {"lines": lines, "total": found.total, "more": found.total - len(lines)}
