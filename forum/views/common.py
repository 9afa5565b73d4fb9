"""What several views of the forum need: fetch as the reader, refuse as people understand it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.http import Request
from forum import rules
from forum.models import ForumCategory, Post, Thread
from forum.selectors import threads
from forum.selectors.tree import one_post
from forum.views.tree import TreeHtml
from isme.lib.errors import error_page
from isme.lib.http import wants_fragment
from isme.lib.rates import Rate, seconds_to_wait

UNPROCESSABLE = 422
FORBIDDEN = 403
TOO_MANY = 429


def category_or_404(request: Request, slug: str) -> ForumCategory:
    found = ForumCategory.objects.visible_to(request.user).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def thread_or_404(request: Request, pk: int) -> Thread:
    """The thread with the reader's row, or 404 for what they may not see. One query."""
    found = threads.thread_for(request.user, pk)
    if found is None:
        raise Http404
    return found


def post_or_404(request: Request, pk: int) -> Post:
    found = threads.post_for(request.user, pk)
    if found is None:
        raise Http404
    return found


def renderer(
    request: Request, thread: Thread, post_id: int, *, is_bare: bool = False
) -> tuple[TreeHtml, Any]:
    """The renderer of one post and its row: three queries, one for a post that ``is_bare``."""
    page = one_post(post_id, request.user, is_bare=is_bare)
    html = TreeHtml(
        thread, page, request.user, takes_replies=rules.can_reply(request.user, thread)
    )
    html.seen |= 1 << page.rows[0].number  # what one just did is not news
    return html, page.rows[0]


def refused(request: Request, why: str, status: int = FORBIDDEN) -> HttpResponse:
    """A refusal in plain words, for a page and for a part of one."""
    template = "forum/_refused.html" if wants_fragment(request) else "forum/refused.html"
    response = render(request, template, {"why": why, "is_error": True}, status=status)
    if wants_fragment(request):
        response["HX-Retarget"] = "#forum-note"
        response["HX-Reswap"] = "innerHTML"
    return response


def too_often(request: Request, rate: Rate) -> HttpResponse | None:
    """A page with 429 that says when to come again, or None: this look counts against ``rate``."""
    wait = seconds_to_wait(request, rate, str(request.user.pk))
    if not wait:
        return None
    response = error_page(request, TOO_MANY)
    response["Retry-After"] = str(wait)
    return response
