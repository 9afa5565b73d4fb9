"""What the audit trail says of the forum, in words."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forum.models import ForumCategory, Post, Thread
from isme.lib import audit_details, audit_words
from isme.lib.audit_words import Named, rows_of

VERBS = {
    "forum.category_changed": _("Forum category changed"),
    "forum.category_made": _("Forum category created"),
    "forum.post_deleted": _("Post of somebody else deleted"),
    "forum.post_edited": _("Post of somebody else edited"),
    "forum.post_hidden": _("Post of somebody else hidden"),
    "forum.post_visible": _("Post of somebody else shown again"),
    "forum.reports_handled": _("Reports of a post dealt with"),
    "forum.reports_reopened": _("Reports of a post opened again"),
    "forum.thread_changed": _("Thread of somebody else changed"),
    "forum.thread_archived": _("Thread archived"),
    "forum.thread_closed": _("Thread of somebody else closed"),
    "forum.thread_deleted": _("Thread of somebody else deleted"),
    "forum.thread_moved": _("Thread moved"),
    "forum.thread_open": _("Thread of somebody else opened again"),
    "forum.thread_pinned": _("Thread pinned"),
    "forum.thread_unpinned": _("Thread unpinned"),
    "forum.threads_merged": _("Threads merged"),
    "forum.unmasked": _("Author behind a pseudonym looked up"),
}

DETAILS = {"posts": _("posts"), "reports": _("reports"), "thread": _("thread")}


def offer() -> None:
    """Put the words into the registry."""
    audit_words.add(VERBS)
    audit_details.add(DETAILS)
    audit_details.add_fields("forum_category", ForumCategory)
    audit_words.add_subject("post", Post._meta.verbose_name, _posts)
    audit_words.add_subject("thread", Thread._meta.verbose_name, rows_of(Thread))
    categories = ForumCategory._meta
    audit_words.add_subject("forum_category", categories.verbose_name, rows_of(ForumCategory))


def _posts(keys: Sequence[int]) -> Iterable[Named]:
    """By the title of their threads."""
    rows = Post.objects.filter(pk__in=keys).values_list("pk", "number", "thread__title")
    for pk, number, title in rows:
        yield pk, f"{title} #{number}", reverse("forum:post", args=[pk])
