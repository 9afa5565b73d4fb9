"""Search over the forum."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import Request
from forum.selectors.search import found_posts, hits
from forum.views.reading import query_of
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing

ORDERS = {"newest": ("-created_at", "-pk"), "oldest": ("created_at", "pk")}


@require_safe
def search(request: Request) -> HttpResponse:
    q = query_of(request)
    page = listing(request, found_posts(request.user, q), orders=ORDERS, filters={"q": q})
    context = {"posts": page, "hits": hits(page.page.object_list, q), "q": q}
    return page_or_fragment(request, "forum/search.html", "forum/_hits.html", context)
