"""What the forum offers to other pages: discussions to the search, threads to streams, boards."""

from django.utils.translation import gettext_lazy as _

from academics.models import Class, CourseOffering
from academics.selectors import places
from accounts.models import User
from forum.models import Thread
from forum.querysets import STAFF
from forum.selectors.boards import unread_in
from forum.selectors.search import found_posts, snippet, words_in
from isme.lib import links, search
from isme.lib.links import Link
from isme.lib.replica import late
from isme.lib.search import Hit, Source
from notifications import activity
from notifications.activity import Verb


def offer() -> None:
    """Put source and verb into their registries."""
    search.add(
        Source("discussions", _("Discussions"), "chat", discussions, 50, more="/forum/search/")
    )
    links.add(CourseOffering, "forum", course_board)
    links.add(Class, "forum", class_board)
    activity.register(Verb("forum.thread", _("opened the discussion"), threads_seen))
    activity.register(Verb("forum.reply", _("wrote in the discussion"), threads_seen))


def threads_seen(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Titles and addresses of those threads that ``user`` may read: 1 query."""
    rows = Thread.objects.visible_to(user).filter(pk__in=ids)
    return {row.pk: (row.title, row.get_absolute_url()) for row in rows}


def discussions(user: User, text: str, limit: int) -> list[Hit]:
    """Posts that ``user`` may read with all words of ``text``, the newest first: 1 query.

    The author is named nowhere: a pseudonym must not become one here.
    """
    posts = late(found_posts(user, text)).order_by("-created_at", "-pk")
    return [
        Hit(
            title,
            f"/forum/posts/{pk}/",
            "".join(piece for piece, _is_hit in snippet(words_in(text_of_post), text)),
        )
        for pk, title, text_of_post in posts.values_list("pk", "thread__title", "html")[:limit]
    ]


def course_board(user: User, offering: CourseOffering) -> Link | None:
    """The board of a course, for its members and staff: 1 query, 2 where places are unknown."""
    if user.role not in STAFF and offering.pk not in places.of(user).offerings:
        return None
    news = unread_in(user, offering=offering)
    return Link(f"/forum/courses/{offering.pk}/", _("Forum of the course"), "chat", news)


def class_board(user: User, row: Class) -> Link:
    """The board of a class, for everybody who may see the class: 1 query."""
    return Link(
        f"/forum/classes/{row.pk}/",
        _("Forum of the class"),
        "chat",
        unread_in(user, course_class=row),
    )
