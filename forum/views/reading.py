"""Categories, their threads, and the thread itself."""

import hashlib
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academics.choices import STRUCTURE
from academics.selectors import places
from accounts.http import Request
from accounts.middleware import hot_keys
from accounts.models import User
from accounts.services.accounts import PEOPLE
from forum import rules
from forum.choices import BOARDS, Follow, Sort
from forum.forms.writing import ReplyForm
from forum.models import Post, Thread
from forum.querysets import STAFF
from forum.selectors import boards, threads, tree
from forum.selectors.unseen import first_unseen
from forum.services.events import about
from forum.services.marks import note_seen
from forum.views.common import category_or_404, post_or_404, thread_or_404
from forum.views.lines import lines
from forum.views.tree import TreeHtml
from forum.views.unread_link import unread_link
from isme.lib import page_parts, versions
from isme.lib.holes import hole
from isme.lib.http import page_or_fragment, wants_fragment
from isme.lib.idempotency import new_key
from isme.lib.page import filled, side_of, theme_of
from isme.lib.paging import listing
from isme.lib.shared import Readers, kept_for_all
from notifications.services import inbox
from notifications.views.bell import may_have_unread

THREAD_ORDERS = {
    "active": ("-is_pinned", "-last_post_at", "-pk"),
    "newest": ("-created_at", "-pk"),
    "replies": ("-reply_count", "-pk"),
}
MOST_QUERY_CHARACTERS = 100
NOT_MODIFIED = 304


def _index_keys(user_id: int, _language: str) -> list[str]:
    return [*places.keys(user_id), versions.key(BOARDS)]


@require_safe
@hot_keys(_index_keys)
def index(request: Request) -> HttpResponse:
    """The boards with what is unread: 1 query, 5 at most where nobody has just asked."""
    places.attach(request.user, request.reading.hot)
    shelf = boards.shelf_of(request.user, versions.words([BOARDS, STRUCTURE], request.reading.hot))
    context = {
        "categories": threads.counted(shelf.categories, request.user),
        "boards": shelf.unopened,
    }
    return render(request, "forum/index.html", context)


def query_of(request: Request) -> str:
    """What is searched for, cut to a sensible length and without what no column can hold."""
    return request.GET.get("q", "").replace("\0", "").strip()[:MOST_QUERY_CHARACTERS]


@require_safe
@hot_keys(places.keys)
def category(request: Request, slug: str) -> HttpResponse:
    places.attach(request.user, request.reading.hot)
    found = category_or_404(request, slug)
    q = query_of(request)
    tag = request.GET.get("tag", "").replace("|", "").replace("\0", "")[:30]
    rows = threads.threads_of(found, request.user, q=q, tag=tag)
    page = listing(request, rows, orders=THREAD_ORDERS, filters={"q": q, "tag": tag})
    context = {
        "category": found,
        "threads": page,
        "lines": lines(page.page.object_list),
        "q": q,
        "tag": tag,
        "can_open": rules.can_open_thread(request.user, found)
        and not rules.only_looks(request.user),
        "follows": threads.follows(request.user, found),
        "address": f"/forum/c/{found.slug}/",
    }
    return page_or_fragment(request, "forum/category.html", "forum/_threads.html", context)


def _hot(user_id: int, _language: str) -> list[str]:
    return [versions.key(PEOPLE), *places.keys(user_id)]


@require_safe
@hot_keys(_hot)
def thread(request: Request, pk: int) -> HttpResponse:
    """A page of a thread: four reading queries, one write if something new was on it.

    One less for who never liked or saved anything in it, two less where somebody else has read
    the same page just before.

    Unchanged since the reader's last look: one query and a 304.
    """
    places.attach(request.user, request.reading.hot)
    found = threads.thread_for(request.user, pk)
    if found is None:
        return _moved(request, pk)
    etag = _etag(request, found)
    if etag and request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        page = _page(request, found)
        may = May.of(request.user, found)
        html = TreeHtml(found, page, request.user, takes_replies=may.reply)
        response = HttpResponse(_shown(request, found, page, html, may))
        _note(request, found, html)
    if etag:
        response["ETag"] = etag
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def _moved(request: Request, pk: int) -> HttpResponse:
    """To where a merged thread stands now, for who may read it there."""
    post_id = threads.moved_to(pk)
    if post_id is None:
        raise Http404
    return HttpResponseRedirect(post_or_404(request, post_id).get_absolute_url())


def _page(request: Request, found: Thread) -> tree.Page:
    sort = request.GET.get("sort", "")
    wanted = tree.Wanted(
        thread_id=found.pk,
        for_staff=request.user.role in STAFF,
        sort=Sort(sort) if sort in {Sort.NEWEST, Sort.LIKED} else Sort.TREE,
        start=request.GET.get("from", "")[: tree.MOST_START],
        before=request.GET.get("before", "")[: tree.MOST_START],
    )
    page = tree.kept_page(wanted, found.version, _word_of_people(request))
    row: Any = found
    return tree.with_marks(page, request.user) if row.has_my_marks else page


def _shown(request: Request, found: Thread, page: tree.Page, html: TreeHtml, may: "May") -> bytes:
    """The page around the posts is made once for all who may do the same in the thread."""
    template = "forum/_more.html" if wants_fragment(request) else "forum/thread.html"
    rows = page.rows
    opening = rows[0] if rows and not rows[0].depth else None
    if opening is not None:
        rows = rows[1:]
    own = {
        "opening": html.article(opening) if opening else "",
        "tree": html.tree(rows) if page.sort == Sort.TREE else html.flat(rows),
        "once": new_key(),
        "unread_link": unread_link(found, page, html),
    }
    readers = Readers((may, _board(found)), [f"{found.version}", _word_of_people(request)], own)

    def context() -> dict[str, Any]:
        return {
            **_context(found, page, may),
            "has_opening": bool(opening),
            "has_replies": bool(rows),
        }

    return filled(request, kept_for_all(request, template, readers, context), own)


class May(NamedTuple):
    """What somebody may do in a thread, and what of it they follow."""

    reply: bool
    is_masked: bool
    is_following: bool
    is_muted: bool
    takes_replies: bool
    only_looks: bool

    @classmethod
    def of(cls, user: User, found: Thread) -> "May":
        return cls(
            reply=rules.can_reply(user, found) and not rules.only_looks(user),
            is_masked=rules.is_masked(user, found),
            is_following=getattr(found, "my_follow", None) == Follow.FOLLOWING,
            is_muted=getattr(found, "my_follow", None) == Follow.MUTED,
            takes_replies=found.takes_replies,
            only_looks=rules.only_looks(user),
        )


def _board(found: Thread) -> tuple[int, str, str]:
    """What the page shows of the thread's category, which can change without the thread."""
    return (found.category_id, found.category.name, found.category.slug)


def _context(found: Thread, page: tree.Page, may: May) -> dict[str, Any]:
    sort = f"&sort={page.sort.value}" if page.sort != Sort.TREE else ""
    initial = {"idempotency_key": hole("once")}
    return {
        "thread": found,
        "address": f"/forum/t/{found.pk}/",
        "next": f"?from={page.next_from}{sort}" if page.next_from else "",
        "previous": f"?before={page.before}" if page.before else "",
        "sort": page.sort.value,
        "sorts": [(one.value, one.label) for one in Sort],
        "can_reply": may.reply,
        "only_looks": may.only_looks,
        "is_following": may.is_following,
        "is_muted": may.is_muted,
        "unread_link": hole("unread_link"),
        "form": ReplyForm(auto_id="reply_%s", is_masked=may.is_masked, initial=initial),
        "draft_place": f"t{found.pk}",
    }


def _note(request: Request, found: Thread, html: TreeHtml) -> None:
    """Remember what was on the page; a thread without news costs no write."""
    row: Any = found
    news = html.new_numbers
    if request.method == "GET" and (news or row.my_number != found.last_number):
        seen = None if row.my_version is None else bytes(row.my_seen or b"")
        note_seen(user=request.user, thread=found, seen=seen, numbers=news)
        if may_have_unread(request, about(found.pk)):
            inbox.seen(person_id=request.user.pk, about=about(found.pk))


def _etag(request: Request, found: Thread) -> str:
    """A weak tag from versions; "" while messages wait or without a csrf cookie."""
    csrf = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if "messages" in request.COOKIES or not csrf:
        return ""
    row: Any = found
    snapshot = request.reading.snapshot
    parts = (
        settings.RELEASE,
        request.get_full_path(),
        wants_fragment(request),
        found.version,
        May.of(request.user, found),
        _board(found),
        row.my_version,
        row.my_number,
        bytes(row.my_seen or b"").hex(),
        snapshot.epoch if snapshot else 0,
        request.user.role,
        get_language(),
        theme_of(request),
        side_of(request),
        *page_parts.versions(request),
        csrf,
        # An author's new name or picture changes no thread.
        _word_of_people(request),
        # Times are written by the day.
        f"{timezone.localtime():%Y-%m-%d %H}",
    )
    digest = hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=12).hexdigest()
    return f'W/"{digest}"'


def _word_of_people(request: Request) -> str:
    word = request.reading.hot.get(versions.key(PEOPLE))
    return word.decode() if word else versions.establish(PEOPLE)


@require_safe
def post(request: Request, pk: int) -> HttpResponse:
    """The permalink: to the page that shows the post, at its place."""
    found = post_or_404(request, pk)
    return HttpResponseRedirect(place_of(found))


def place_of(found: Post) -> str:
    """The address of the page that shows ``found``, with its anchor. One query."""
    start = tree.page_start(found)
    query = f"?from={start.hex()}" if start else ""
    return f"/forum/t/{found.thread_id}/{query}#p{found.pk}"


@require_safe
def unread(request: Request, pk: int) -> HttpResponse:
    """To the first post that the reader has not seen, or to the beginning."""
    found: Any = thread_or_404(request, pk)
    first = first_unseen(found, request.user, bytes(found.my_seen or b""))
    if first is None:
        messages.info(request, _("You have read everything here."))
        return HttpResponseRedirect(found.get_absolute_url())
    return HttpResponseRedirect(place_of(first))
