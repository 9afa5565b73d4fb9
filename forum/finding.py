"""What the forum offers to the search over everything: discussions by their words."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.selectors.search import found_posts, snippet, words_in
from isme.lib import search
from isme.lib.search import Hit, Source


def offer() -> None:
    """Put the source into the registry."""
    search.add(
        Source("discussions", _("Discussions"), "chat", discussions, 50, more="/forum/search/")
    )


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
