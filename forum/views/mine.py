"""One's own threads, bookmarks and drafts; and what the office has to look at."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import Request
from forum import rules
from forum.errors import ForumError
from forum.forms.writing import ThreadChangeForm
from forum.markup import plain
from forum.models import Draft, Post
from forum.selectors import drafts as draft_selectors
from forum.selectors import moderation
from forum.selectors import threads as selectors
from forum.services import drafts, marks, threads
from forum.views.common import UNPROCESSABLE, post_or_404, refused, thread_or_404
from forum.views.lines import lines, writer
from forum.views.reading import THREAD_ORDERS
from isme.lib.http import page_or_fragment
from isme.lib.paging import listing
from isme.lib.parts import Tab
from isme.lib.undo import success_with_undo

SNIPPET_CHARACTERS = 160
LONGEST_WAITING = {"oldest": ("created_at", "pk")}
LAST_HANDLED = {"last": ("-handled_at", "-pk")}


@require_safe
def mine(request: Request) -> HttpResponse:
    page = listing(request, selectors.my_threads(request.user), orders=THREAD_ORDERS)
    context = {
        "threads": page,
        "lines": lines(page.page.object_list),
        "address": "/forum/mine/",
        "shows_category": True,
    }
    return page_or_fragment(request, "forum/mine.html", "forum/_threads.html", context)


@require_safe
def bookmarks(request: Request) -> HttpResponse:
    orders = {"newest": ("-marks__id",)}
    page = listing(request, selectors.my_bookmarks(request.user), orders=orders)
    found = [(post, plain(post.html)[:SNIPPET_CHARACTERS]) for post in page.page.object_list]
    context = {"posts": page, "found": found}
    return page_or_fragment(request, "forum/bookmarks.html", "forum/_bookmarks.html", context)


@require_safe
def draft_list(request: Request) -> HttpResponse:
    orders = {"newest": ("-saved_at", "-pk")}
    page = listing(request, draft_selectors.drafts_of(request.user), orders=orders)
    return page_or_fragment(request, "forum/drafts.html", "forum/_drafts.html", {"drafts": page})


@require_POST
def draft_drop(request: Request, pk: int) -> HttpResponse:
    draft = Draft.objects.filter(pk=pk, user=request.user).first()
    if draft is None:
        raise Http404
    drafts.discard_draft(user=request.user, draft=draft)
    success_with_undo(request, _("The draft is gone."), reverse("forum:draft_restore", args=[pk]))
    return HttpResponseRedirect(reverse("forum:drafts"))


@require_POST
def draft_restore(request: Request, pk: int) -> HttpResponse:
    """The undo of ``draft_drop``."""
    if drafts.restore_draft(user=request.user, pk=pk):
        messages.success(request, _("The draft is back."))
    else:
        messages.error(request, _("This draft can't be brought back any more."))
    return HttpResponseRedirect(reverse("forum:drafts"))


@require_http_methods(["GET", "HEAD", "POST"])
def thread_change(request: Request, pk: int) -> HttpResponse:
    """Title, tags, deadline, and who may read it."""
    thread = thread_or_404(request, pk)
    if not rules.can_change_thread(request.user, thread):
        return refused(request, _("You may not change this thread."))
    first = ThreadChangeForm.first(thread, selectors.usernames(thread))
    form = ThreadChangeForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            threads.change_thread(actor=request.user, thread_id=thread.pk, plan=form.plan)
        except ForumError as refusal:
            return refused(request, str(refusal))
        messages.success(request, _("The thread is changed."))
        return HttpResponseRedirect(thread.get_absolute_url())
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"thread": thread, "form": form}
    return render(request, "forum/thread_change.html", context, status=status)


@require_safe
def thread_readers(request: Request, pk: int) -> HttpResponse:
    thread = thread_or_404(request, pk)
    if not rules.can_see_readers(request.user, thread):
        return refused(request, _("You may not see who read this thread."))
    if selectors.has_masked_others(thread, request.user):
        return refused(
            request, _("Somebody wrote anonymously here, so nobody is told who read it.")
        )
    page = listing(request, selectors.readers(thread), orders={"name": ("user__name", "pk")})
    context = {"thread": thread, "readers": page}
    return page_or_fragment(request, "forum/readers.html", "forum/_readers.html", context)


@require_safe
def report_list(request: Request) -> HttpResponse:
    if not rules.can_moderate(request.user):
        return refused(request, _("Reported posts are for the academic office."))
    handled = request.GET.get("show") == "handled"
    page = listing(
        request,
        moderation.reported(handled=handled),
        orders=LAST_HANDLED if handled else LONGEST_WAITING,
        filters={"show": "handled" if handled else ""},
    )
    found = [
        (one, writer(one.post), plain(one.post.html)[:SNIPPET_CHARACTERS])
        for one in page.page.object_list
    ]
    address = reverse("forum:reports")
    tabs = [
        Tab(_("To look at"), address, is_open=not handled),
        Tab(_("Dealt with"), f"{address}?show=handled", is_open=handled),
    ]
    context = {"reports": page, "found": found, "tabs": tabs, "handled": handled}
    return page_or_fragment(request, "forum/reports.html", "forum/_reports.html", context)


@require_POST
def report_handle(request: Request, pk: int) -> HttpResponse:
    """The reports of post ``pk`` are dealt with."""
    if not rules.can_moderate(request.user):
        raise Http404
    post = Post.objects.filter(pk=pk).first() or post_or_404(request, pk)
    at = timezone.now()
    said = _("The reports are marked as handled.")
    if marks.handle_reports(actor=request.user, post=post, at=at):
        undo = reverse("forum:report_reopen", args=[pk])
        success_with_undo(request, said, f"{undo}?{urlencode({'at': at.isoformat()})}")
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("forum:reports"))


@require_POST
def report_reopen(request: Request, pk: int) -> HttpResponse:
    """The undo of ``report_handle``: what was handled at ``at`` of the address is open again."""
    if not rules.can_moderate(request.user):
        raise Http404
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        raise Http404 from None
    if at.tzinfo is None:
        raise Http404
    post = Post.objects.filter(pk=pk).first() or post_or_404(request, pk)
    if marks.reopen_reports(actor=request.user, post=post, at=at):
        messages.success(request, _("The reports are open again."))
    return HttpResponseRedirect(reverse("forum:reports"))
