"""What the forum offers to other pages: discussions to the search, threads to streams."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Thread
from forum.selectors.search import found_posts, snippet, words_in
from isme.lib import search
from isme.lib.search import Hit, Source
from notifications import activity
from notifications.activity import Verb


def offer() -> None:
    """Put source and verb into their registries."""
    search.add(
        Source("discussions", _("Discussions"), "chat", discussions, 50, more="/forum/search/")
    )
    activity.register(Verb("forum.thread", _("opened the discussion"), threads_seen))


def threads_seen(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Titles and addresses of those threads that ``user`` may read: 1 query."""
    rows = Thread.objects.visible_to(user).filter(pk__in=ids)
    return {row.pk: (row.title, row.get_absolute_url()) for row in rows}


def discussions(user: User, text: str, limit: int) -> list[Hit]:
    """Posts that ``user`` may read with all words of ``text``, the newest first: 1 query.

    The author is named nowhere: a pseudonym must not become one here.
    """
    posts = found_posts(user, text).order_by("-created_at", "-pk")[:limit]
    return [
        Hit(
            post.thread.title,
            post.get_absolute_url(),
            "".join(piece for piece, _is_hit in snippet(words_in(post.html), text)),
        )
        for post in posts
    ]
