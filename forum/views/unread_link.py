"""The way to what one has not read, where there is something."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from forum.choices import PostState
from forum.models import Thread
from forum.selectors.tree import Page
from forum.services.marks import bits
from forum.views.tree import TreeHtml


def unread_link(thread: Thread, page: Page, html: TreeHtml) -> str:
    """To the first reply on the page that is new, else to one on another page; "" for none.

    Whoever sees the page has seen all of it: the view that looks for the first unread post finds
    only those beyond.
    """
    news = [row for row in page.rows if row.state == PostState.VISIBLE and html.is_new(row)]
    if news and news[0].depth:
        address = f"#p{news[0].id}"
    elif (page.next_from or page.before) and _is_more(thread, page, html):
        address = f"/forum/t/{thread.pk}/unread/"
    else:
        return ""
    return format_html('<a class="small" href="{}">{}</a>', address, _("To the first unread"))


def _is_more(thread: Thread, page: Page, html: TreeHtml) -> bool:
    """Whether the page leaves a number unseen: without a query, so that of a deleted post counts."""
    seen = html.seen | bits(row.number for row in page.rows)
    return bool(~seen & ((1 << thread.newest_number + 1) - 1))
