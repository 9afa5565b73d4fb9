"""A row of a list of threads, with every string made: templates only put them in place."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from forum.choices import ThreadState
from forum.models import Post, Thread
from forum.views.tree import when


@dataclass(frozen=True)
class Line:
    pk: int
    address: str
    title: str
    who: str
    category: str
    last: str
    replies: str
    tags: list[str]
    is_unread: bool
    is_pinned: bool
    is_private: bool
    is_question: bool
    is_answered: bool
    state: str


def starter(thread: Thread) -> str:
    """Who opened the thread, as far as it may be said."""
    return _("Anonymous") if thread.is_anonymous else thread.author.name


def writer(post: Post) -> str:
    """Who wrote the post, as its thread names them."""
    if post.pseudonym is not None:
        return f"{_('Anonymous')} {post.pseudonym}"
    return post.author.name


def lines(threads: "Any") -> list[Line]:
    today = timezone.localtime().date()
    states = {ThreadState.CLOSED.value: _("Closed"), ThreadState.ARCHIVED.value: _("Archived")}
    return [
        Line(
            pk=thread.pk,
            address=f"/forum/t/{thread.pk}/",
            title=thread.title,
            who=starter(thread),
            category=thread.category.name,
            last=when(thread.last_post_at, today),
            replies=number_format(thread.reply_count, force_grouping=True),
            tags=thread.tag_list,
            is_unread=bool(thread.is_unread),
            is_pinned=thread.is_pinned,
            is_private=thread.is_private,
            is_question=thread.is_question,
            is_answered=thread.accepted_id is not None,
            state=states.get(thread.state) or ("" if thread.takes_replies else _("Closed")),
        )
        for thread in threads
    ]
