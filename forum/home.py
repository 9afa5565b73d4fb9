"""The blocks that the forum offers to home pages.

A thread that was opened, answered for good or taken away is news for everybody (``FORUM``). A
reply is not: a lively evening would have every home page built anew with each sentence. Who is
told of it sees it at once, as who reads and who writes; others three minutes later.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from forum.choices import FORUM
from forum.pictures import POSTS
from forum.selectors import home as selectors
from forum.views.lines import starter
from forum.views.tree import when
from isme.lib import home
from isme.lib.home import Block

STUDENT = frozenset({Role.STUDENT.value})
STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
LECTURER = frozenset({Role.LECTURER.value})
FOLDER = "forum/home"
LATE_SECONDS = 180
CHART = "components/charts/chart.html"


def offer() -> None:
    """Put the blocks into the registry."""
    seen = (FORUM,)
    unread = Block("unread", f"{FOLDER}/_unread.html", _unread, 60, home.MAIN, STUDENT, seen)
    waiting = Block("waiting", f"{FOLDER}/_waiting.html", _waiting, 20, home.MAIN, LECTURER, seen)
    home.add(replace(unread, lasts=LATE_SECONDS))
    home.add(replace(waiting, lasts=LATE_SECONDS))
    home.add(Block("talk", CHART, _talk, 330, home.MAIN, STAFF))


def _talk(_user: User) -> dict[str, Any]:
    return POSTS.context()


def _unread(user: User) -> dict[str, Any] | None:
    """The threads with the youngest news first."""
    found = selectors.unread_threads(user)
    return _facts(found, selectors.news_of(found.threads, user)) if found.total else None


def _waiting(user: User) -> dict[str, Any] | None:
    """The questions that wait longest first."""
    found = selectors.first_of(selectors.open_questions(user), "created_at")
    return _facts(found, {}) if found.total else None


def _facts(found: selectors.Found, news: Mapping[int, int]) -> dict[str, Any]:
    """``news``: how many posts are new in a thread; none for one that was never opened."""
    today = timezone.localdate()
    lines = [
        {
            "address": thread.get_absolute_url(),
            "title": thread.title,
            "board": thread.category.name,
            "who": starter(thread),
            "asked": when(thread.created_at, today),
            "last": when(thread.last_post_at, today),
            "news": news.get(thread.pk, 0),
        }
        for thread in found.threads
    ]
    return {"lines": lines, "total": found.total, "more": found.total - len(lines)}
