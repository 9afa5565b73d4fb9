"""Search over the forum."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import Request
from forum.selectors.search import found_posts, hits
from forum.views.common import too_often
from forum.views.reading import query_of
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from isme.lib.rates import Rate
from isme.lib.replica import late, may_lag

RATE = Rate("forum_search", most=60, seconds=60)
ORDERS = {"newest": ("-created_at", "-pk"), "oldest": ("created_at", "pk")}


@may_lag
@require_safe
def search(request: Request) -> HttpResponse:
    q = query_of(request)
    refusal = too_often(request, RATE) if q else None
    if refusal:
        return refusal
    page = listing(request, late(found_posts(request.user, q)), orders=ORDERS, filters={"q": q})
    context = {"posts": page, "hits": hits(page.page.object_list, q), "q": q}
    return page_or_fragment(request, "forum/search.html", "forum/_hits.html", context)
