"""Search over titles and texts, as far as a person may read."""

import html
import re
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from forum.choices import PostState
from forum.markup import plain
from forum.models import Post
from forum.querysets import words_of

AROUND = 90  # characters on each side of the first hit


def found_posts(user: User, q: str) -> "QuerySet[Post]":
    """Visible posts with all words of ``q`` that ``user`` may read, with author and thread."""
    rows = Post.objects.visible_to(user).filter(state=PostState.VISIBLE).matching(q)
    return rows.select_related("thread__category", "author")


def words_in(text: str) -> str:
    """The words of rendered HTML as plain text, not yet escaped again."""
    return html.unescape(plain(text))


def snippet(text: str, q: str) -> list[tuple[str, bool]]:
    """Pieces of ``text`` (plain) around the first hit, each with whether it is one. No query."""
    words = words_of(q)
    if not words:
        return [(text[: 2 * AROUND], False)]
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    first = pattern.search(text)
    start = max((first.start() if first else 0) - AROUND, 0)
    part = text[start : start + 2 * AROUND]
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    rest = 0
    for match in pattern.finditer(part):
        pieces += [(part[rest : match.start()], False), (match[0], True)]
        rest = match.end()
    pieces.append((part[rest:] + ("…" if start + 2 * AROUND < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def hits(posts: "Any", q: str) -> list[dict[str, Any]]:
    """What a list of found posts shows: no author where there is a pseudonym."""
    return [
        {
            "address": post.get_absolute_url(),
            "title": post.thread.title,
            "category": post.thread.category.name,
            "who": "" if post.pseudonym is not None else post.author.name,
            "at": post.created_at,
            "snippet": snippet(words_in(post.html), q),
        }
        for post in posts
    ]
