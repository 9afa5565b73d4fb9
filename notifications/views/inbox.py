"""One's own inbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib.http import page_or_fragment, wants_fragment
from isme.lib.keys import row_key
from isme.lib.paging import MOST_PER_PAGE, PER_PAGE, listing, positive
from isme.lib.undo import success_with_undo
from notifications import terms
from notifications.choices import Topic
from notifications.selectors import badge, newest
from notifications.selectors import inbox as selectors
from notifications.services import inbox as services
from notifications.views.bell import unread_of
from notifications.views.lines import line, put_on

LIST = "/notifications/"


@dataclass(frozen=True)
class Filters:
    """What of the inbox is asked for, as it stands in the address."""

    unread: bool
    kind: str
    term: int | None
    per_page: int

    @classmethod
    def of(cls, request: Request) -> "Filters":
        kind = request.GET.get("kind", "")
        return cls(
            unread=request.GET.get("unread") == "1",
            kind=kind if selectors.is_filter(kind) else "",
            term=positive(request.GET.get("term"), 0) or None,
            per_page=min(positive(request.GET.get("per_page"), PER_PAGE), MOST_PER_PAGE),
        )

    @property
    def wanted(self) -> selectors.Wanted:
        return selectors.Wanted(self.unread, self.kind, self.term)

    def address(self, **changes: object) -> str:
        values: dict[str, object] = {
            "unread": 1 if self.unread else "",
            "kind": self.kind,
            "term": self.term or "",
            "per_page": self.per_page if self.per_page != PER_PAGE else "",
        }
        values |= changes
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{LIST}?{query}" if query else LIST


def _hot(user_id: int, language: str) -> list[str]:
    return [*terms.keys(user_id, language), newest.key(user_id)]


@require_safe
@hot_keys(_hot)
def notification_list(request: Request) -> HttpResponse:
    """No query for who looks again, else one; a page by number two; one where the terms changed.

    The number of unread ones comes with the bell.
    """
    filters = Filters.of(request)
    context = _page(request, filters) | _surroundings(request, filters)
    return page_or_fragment(
        request, "notifications/list.html", "notifications/_feed.html", context
    )


def _page(request: Request, filters: Filters) -> dict[str, Any]:
    """The page by number or by cursor. Its own links carry a cursor: nothing shifts under them."""
    by_number = "page" in request.GET
    if by_number:
        rows = selectors.inbox(
            request.user.pk, unread=filters.unread, kind=filters.kind, term=filters.term
        )
        found = listing(request, rows, orders={"newest": ("-pk",)})
        shown, more = list(found.page.object_list), found.page.has_next()
    else:
        shown = _rows(request, filters, _before(request))
        more = len(shown) > filters.per_page
        shown = shown[: filters.per_page]
    older = filters.address(before=shown[-1][0]) if more and shown else ""
    days = selectors.days(shown)
    put_on(request, days)
    is_first = found.page.number == 1 if by_number else _before(request) is None
    return {
        "days": days,
        "shown": len(shown),
        "older": older,
        "newest": "" if is_first else filters.address(),
    }


def _rows(request: Request, filters: Filters, before: int | None) -> list[Any]:
    """A page of the inbox, and one row more if there are older ones."""
    person_id, hot = request.user.pk, request.reading.hot
    is_newest = before is None and filters == Filters(filters.unread, "", None, PER_PAGE)
    if not is_newest or newest.key(person_id) not in hot:
        return selectors.older_than(person_id, filters.wanted, before, filters.per_page)
    kept = hot[newest.key(person_id)]
    if filters.unread:
        return newest.unread_of(person_id, kept, number=unread_of(request))
    return newest.all_of(person_id, kept)


def _before(request: Request) -> int | None:
    """The cursor: only notifications older than this one; None for a forged or missing one."""
    return row_key(request.GET.get("before", ""))


def _surroundings(request: Request, filters: Filters) -> dict[str, Any]:
    tabs = [
        {"label": _("All"), "address": LIST, "here": not filters.unread and not filters.kind},
        {
            "label": _("Unread"),
            "address": f"{LIST}?unread=1",
            "here": filters.unread and not filters.kind,
            "count": unread_of(request),
            "id": "unread-count",
        },
    ]
    tabs += [
        {"label": topic.label, "address": f"{LIST}?kind={topic}", "here": filters.kind == topic}
        for topic in Topic
    ]
    return {
        "tabs": tabs,
        "filters": filters,
        # Out of the narrowest choice: "unread" among what a kind or a term leaves.
        "read_too": filters.address(unread="")
        if filters.unread and (filters.kind or filters.term)
        else "",
        "unread": unread_of(request),
        # Asked by the whole page alone; whoever counts pages gets along without.
        "terms": []
        if "page" in request.GET
        else SimpleLazyObject(lambda: terms.labels(request.reading.hot)),
    }


@require_safe
def open_one(request: Request, pk: int) -> HttpResponse:
    """Go where a notification points; looking at it reads it, a browser's guess ahead doesn't."""
    row = _row(request, pk)
    if not request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        services.mark_read(person_id=request.user.pk, pk=pk)
    item = selectors.days([row[:-1]])[0].items[0]
    return HttpResponseRedirect(item.link or LIST)


def _row(request: Request, pk: int) -> Any:
    row = selectors.one(request.user.pk, pk)
    if row is None:
        raise Http404
    return row


@require_POST
def read(request: Request, pk: int) -> HttpResponse:
    _row(request, pk)
    services.mark_read(person_id=request.user.pk, pk=pk)
    return _line(request, pk)


@require_POST
def read_all(request: Request) -> HttpResponse:
    at = timezone.now()
    number = services.mark_all_read(person_id=request.user.pk, at=at)
    said = ngettext("%(n)d notification is read now.", "%(n)d notifications are read now.", number)
    if number:
        back = f"{reverse('notifications:read_all_undo')}?{urlencode({'at': at.isoformat()})}"
        success_with_undo(request, said % {"n": number}, back)
    else:
        messages.success(request, _("Nothing was unread."))
    if wants_fragment(request):
        response = HttpResponse()
        response["HX-Redirect"] = LIST
        return response
    return HttpResponseRedirect(LIST)


@require_POST
def read_all_undo(request: Request) -> HttpResponse:
    """What was marked at ``at`` of the address, by one press, is unread again."""
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        raise Http404 from None
    if at.tzinfo is None:
        raise Http404
    number = services.mark_unread(person_id=request.user.pk, at=at)
    said = ngettext("%(n)d is unread again.", "%(n)d are unread again.", number)
    messages.success(request, said % {"n": number})
    return HttpResponseRedirect(LIST)


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    _row(request, pk)
    services.delete(person_id=request.user.pk, pk=pk)
    text, undo = _("The notification is deleted."), reverse("notifications:restore", args=[pk])
    if wants_fragment(request):
        context = {"pk": pk, "text": text, "undo": undo, "part": f"#notification-{pk}"}
        return _told(request, render(request, "notifications/_deleted.html", context))
    success_with_undo(request, text, undo)
    return HttpResponseRedirect(_back(request))


@require_POST
def restore(request: Request, pk: int) -> HttpResponse:
    _row(request, pk)
    services.restore(person_id=request.user.pk, pk=pk)
    if not wants_fragment(request):
        messages.success(request, _("The notification is back."))
    return _line(request, pk)


def _line(request: Request, pk: int) -> HttpResponse:
    """The line as it is now, for htmx; else back to the list."""
    if not wants_fragment(request):
        return HttpResponseRedirect(_back(request))
    item = selectors.days([_row(request, pk)[:-1]])[0].items[0]
    return _told(request, HttpResponse(line(item, get_token(request))))


def _told(request: Request, response: HttpResponse) -> HttpResponse:
    """With what the page says of the number of unread ones; the bell asks for itself.

    One query: the number that came with the request is that of before.
    """
    context = {"unread": badge.count(request.user.pk)}
    response.write(render_to_string("notifications/_counted.html", context, request))
    response["HX-Trigger"] = "inbox-changed"
    return response


def _back(request: Request) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if safe and target.startswith(LIST) else LIST
