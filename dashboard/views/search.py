"""Search over everything that the person who asks may see."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from academics.selectors import places
from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib import search as registry
from isme.lib.exports import refusal
from isme.lib.http import page_or_fragment, wants_fragment
from isme.lib.rates import Rate
from isme.lib.replica import may_lag

IN_PAGE, IN_FINDER = 20, 5  # hits of each kind
RATE = Rate("search", most=120, seconds=60)  # the finder asks while one types


@may_lag
@require_safe
@hot_keys(places.keys)
def search(request: Request) -> HttpResponse:
    """A page with up to 20 hits of each kind; for the finder, a fragment with 5."""
    places.attach(request.user, request.reading.hot)
    text = registry.clean(request.GET.get("q", ""))
    limit = IN_FINDER if wants_fragment(request) else IN_PAGE
    is_too_short = len(text) < registry.FEWEST_CHARACTERS
    refused = None if is_too_short else refusal(request, RATE)
    if refused:
        return refused
    context = {
        "q": text,
        "groups": registry.find(request.user, text, limit=limit),
        "kinds": registry.named(request.user.role),
        "too_short": is_too_short,
    }
    return page_or_fragment(request, "dashboard/search.html", "dashboard/_found.html", context)
