"""One-button acts on posts and threads. Each works as a plain form and in place."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import Request
from forum import rules
from forum.choices import Follow, MarkKind, PostState, ReportReason, ThreadState
from forum.errors import ForumError
from forum.forms.writing import ReportForm
from forum.models import ForumCategory, Post
from forum.selectors import threads as selectors
from forum.services import marks, posts, threads
from forum.services.merging import merge
from forum.views.common import (
    UNPROCESSABLE,
    category_or_404,
    post_or_404,
    refused,
    renderer,
    thread_or_404,
)
from isme.lib.http import wants_fragment
from isme.lib.keys import row_key
from isme.lib.undo import success_with_undo

RESTORE = "forum.thread_restore"
RESTORE_SECONDS = 3600


def _done(request: Request, post: Post, said: str = "", undo: str = "") -> HttpResponse:
    """The post as it is now, in place; or the way back to it, with a word of what happened.

    ``undo`` is where its undo POSTs.
    """
    if wants_fragment(request):
        before = post.thread.reply_count
        post.thread.refresh_from_db(fields=["accepted", "reply_count"])
        html, row = renderer(request, post.thread, post.pk)
        toast = {"text": said, "tone": "success", "undo": undo, "part": f"#p{post.pk}"}
        told = render_to_string("components/toast.html", toast, request) if undo else ""
        if post.thread.reply_count != before:
            told += render_to_string("forum/_counted.html", {"thread": post.thread}, request)
        return HttpResponse(html.article(row) + told)
    if undo:
        success_with_undo(request, said, undo)
    elif said:
        messages.success(request, said)
    if post.state != PostState.VISIBLE:
        return HttpResponseRedirect(post.thread.get_absolute_url())
    return HttpResponseRedirect(post.get_absolute_url())


def _act(
    request: Request, post: Post, work: Callable[[], object], said: str = "", undo: str = ""
) -> HttpResponse:
    try:
        work()
    except ForumError as refusal:
        return refused(request, str(refusal))
    return _done(request, post, said, undo)


def _wanted(request: Request) -> bool | None:
    """What the button was to bring about, so that a second press of it changes nothing.

    The form says ``on``; a button that takes back says ``off`` besides, in few bytes. None for a
    client that only presses: then the state turns over.
    """
    if "off" in request.POST:
        return False
    return True if "on" in request.POST else None


@require_POST
def post_like(request: Request, pk: int) -> HttpResponse:
    post, on = post_or_404(request, pk), _wanted(request)
    return _act(
        request,
        post,
        lambda: marks.set_mark(user=request.user, post=post, kind=MarkKind.LIKE, on=on),
    )


@require_POST
def post_bookmark(request: Request, pk: int) -> HttpResponse:
    post, on = post_or_404(request, pk), _wanted(request)
    return _act(
        request,
        post,
        lambda: marks.set_mark(user=request.user, post=post, kind=MarkKind.BOOKMARK, on=on),
        _("Your bookmarks are changed."),
    )


@require_safe
def post_menu(request: Request, pk: int) -> HttpResponse:
    """Everything that one may do with a post."""
    post = post_or_404(request, pk)
    user, thread = request.user, post.thread
    context = {
        "post": post,
        "thread": thread,
        "is_saved": post.marks.filter(user=user, kind=MarkKind.BOOKMARK).exists(),
        "can_mark": rules.can_mark(user, thread),
        "can_edit": rules.can_edit(user, post),
        "can_delete": rules.can_delete(user, post),
        "can_moderate": rules.can_moderate(user) and post.depth > 0,
        "can_accept": rules.can_accept(user, thread) and post.depth > 0,
        "can_endorse": rules.can_endorse(user, thread) and post.depth > 0,
        "can_unmask": rules.can_unmask(user) and post.pseudonym is not None,
        "is_accepted": thread.accepted_id == post.pk,
        "is_own": post.author_id == user.pk,
    }
    template = "forum/_menu.html" if wants_fragment(request) else "forum/menu.html"
    return render(request, template, context)


def _set_state(
    request: Request, post: Post, state: PostState, said: str, undo: str = ""
) -> HttpResponse:
    def work() -> None:
        post.state = posts.set_state(actor=request.user, post_id=post.pk, state=state).state

    return _act(request, post, work, said, undo)


@require_POST
def post_delete(request: Request, pk: int) -> HttpResponse:
    post, undo = post_or_404(request, pk), reverse("forum:post_show", args=[pk])
    return _set_state(request, post, PostState.DELETED, _("The reply is deleted."), undo)


@require_POST
def post_hide(request: Request, pk: int) -> HttpResponse:
    post, undo = post_or_404(request, pk), reverse("forum:post_show", args=[pk])
    return _set_state(request, post, PostState.HIDDEN, _("The reply is hidden."), undo)


@require_POST
def post_show(request: Request, pk: int) -> HttpResponse:
    """Of what was hidden; and the undo of a deletion, of which nothing else can be seen."""
    post = selectors.just_deleted(request.user, pk) or post_or_404(request, pk)
    return _set_state(request, post, PostState.VISIBLE, _("The reply is visible again."))


@require_POST
def post_accept(request: Request, pk: int) -> HttpResponse:
    post = post_or_404(request, pk)
    on, before = _wanted(request), post.thread.accepted_id
    wanted = before != post.pk if on is None else on
    response = _act(
        request,
        post,
        lambda: threads.accept(actor=request.user, post_id=post.pk, accepted=wanted),
    )
    if wants_fragment(request) and before not in {None, post.pk, post.thread.accepted_id}:
        # The one that was the answer until now, wherever it stands on the page.
        html, row = renderer(request, post.thread, before)
        response.write(html.article(row).replace("<article", "<article hx-swap-oob=true", 1))
    return response


@require_POST
def post_endorse(request: Request, pk: int) -> HttpResponse:
    post = post_or_404(request, pk)
    on = _wanted(request)
    wanted = post.endorsed_at is None if on is None else on
    return _act(
        request,
        post,
        lambda: marks.endorse(actor=request.user, post_id=post.pk, endorsed=wanted),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def post_report(request: Request, pk: int) -> HttpResponse:
    post = post_or_404(request, pk)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            marks.report(
                reporter=request.user,
                post=post,
                reason=ReportReason(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
            )
        except ForumError as refusal:
            return refused(request, str(refusal))
        messages.success(request, _("Thank you. The academic office will look at it."))
        return HttpResponseRedirect(post.get_absolute_url())
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"post": post, "thread": post.thread, "form": form}
    return render(request, "forum/report.html", context, status=status)


@require_safe
def post_history(request: Request, pk: int) -> HttpResponse:
    """How a post read before; for all who may read it now."""
    post = post_or_404(request, pk)
    revisions = post.revisions.order_by("-written_at", "-pk")[:50]
    context = {"post": post, "thread": post.thread, "revisions": revisions}
    return render(request, "forum/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def post_unmask(request: Request, pk: int) -> HttpResponse:
    """Who wrote under a pseudonym: super admins, with a reason, which is audited."""
    post = post_or_404(request, pk)
    if not rules.can_unmask(request.user) or post.pseudonym is None:
        return refused(request, _("You may not do this here."))
    context: dict[str, object] = {"post": post, "thread": post.thread}
    if request.method == "POST":
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:500]
        if reason:
            context["person"] = marks.unmask(actor=request.user, post=post, reason=reason)
        else:
            context["error"] = _("Say why: the reason is kept in the audit trail.")
    status = UNPROCESSABLE if "error" in context else 200
    return render(request, "forum/unmask.html", context, status=status)


@require_POST
def thread_follow(request: Request, pk: int) -> HttpResponse:
    thread = thread_or_404(request, pk)
    wanted = request.POST.get("follow", "")
    follow = Follow(wanted) if wanted in Follow.values else Follow.FOLLOWING
    marks.follow_thread(user=request.user, thread=thread, follow=follow)
    said = {
        Follow.FOLLOWING: _("You follow this thread."),
        Follow.MUTED: _("You hear nothing more of this thread."),
        Follow.NONE: _("You no longer follow this thread."),
    }
    messages.success(request, said[follow])
    return HttpResponseRedirect(thread.get_absolute_url())


@require_POST
def category_follow(request: Request, slug: str) -> HttpResponse:
    category = category_or_404(request, slug)
    on = request.POST.get("on") == "1"
    marks.follow_category(user=request.user, category=category, on=on)
    messages.success(
        request,
        _("You hear of every new thread here.")
        if on
        else _("You no longer follow this category."),
    )
    return HttpResponseRedirect(category.get_absolute_url())


@require_POST
def thread_state(request: Request, pk: int) -> HttpResponse:
    """``state`` comes with the form; an undo, which has no fields, has it in its address."""
    thread = thread_or_404(request, pk)
    before = thread.state
    state = request.POST.get("state") or request.GET.get("state", "")
    if state not in ThreadState.values:
        return refused(request, _("This is no state of a thread."), UNPROCESSABLE)
    try:
        threads.set_thread_state(actor=request.user, thread_id=thread.pk, state=ThreadState(state))
    except ForumError as refusal:
        return refused(request, str(refusal))
    said = _state_words(before, state)
    if state == ThreadState.DELETED:
        proof = signing.dumps([request.user.pk, pk, before], salt=RESTORE)
        undo = f"{reverse('forum:thread_restore', args=[pk])}?{urlencode({'proof': proof})}"
        success_with_undo(request, said, undo)
        return HttpResponseRedirect(thread.category.get_absolute_url())
    undo = f"{reverse('forum:thread_state', args=[pk])}?{urlencode({'state': before})}"
    success_with_undo(request, said, undo)
    return HttpResponseRedirect(thread.get_absolute_url())


def _state_words(before: str, state: str) -> str:
    """What has just been done to the thread, in its own words."""
    if state == ThreadState.OPEN and before == ThreadState.ARCHIVED:
        return _("The thread is out of the archive.")
    said = {
        ThreadState.OPEN: _("The thread is open for replies again."),
        ThreadState.CLOSED: _("The thread is closed to replies."),
        ThreadState.ARCHIVED: _("The thread is in the archive."),
        ThreadState.DELETED: _("The thread is deleted."),
    }
    return said[ThreadState(state)]


@require_POST
def thread_restore(request: Request, pk: int) -> HttpResponse:
    """The undo of deleting a thread: only who deleted it was given the ``proof``, for an hour."""
    try:
        given = signing.loads(request.GET.get("proof", ""), salt=RESTORE, max_age=RESTORE_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    user_id, thread_id, before = given
    if (user_id, thread_id) != (request.user.pk, pk):
        raise Http404
    thread = threads.restore(actor=request.user, thread_id=pk, state=ThreadState(before))
    messages.success(request, _("The thread is back."))
    return HttpResponseRedirect(thread.get_absolute_url())


@require_POST
def thread_pin(request: Request, pk: int) -> HttpResponse:
    thread = thread_or_404(request, pk)
    on = request.POST.get("on") == "1"
    try:
        threads.pin(actor=request.user, thread_id=thread.pk, is_pinned=on)
    except ForumError as refusal:
        return refused(request, str(refusal))
    said = _("The thread is pinned.") if on else _("The thread is no longer pinned.")
    messages.success(request, said)
    return HttpResponseRedirect(thread.get_absolute_url())


@require_POST
def thread_move(request: Request, pk: int) -> HttpResponse:
    thread = thread_or_404(request, pk)
    slug = request.POST.get("category", "")[:80]
    category = ForumCategory.objects.visible_to(request.user).filter(slug=slug).first()
    if category is None:
        return refused(request, _("Choose a category."), UNPROCESSABLE)
    try:
        threads.move(actor=request.user, thread_id=thread.pk, category=category)
    except ForumError as refusal:
        return refused(request, str(refusal))
    messages.success(request, _("The thread is moved."))
    return HttpResponseRedirect(thread.get_absolute_url())


@require_POST
def thread_merge(request: Request, pk: int) -> HttpResponse:
    thread = thread_or_404(request, pk)
    key = row_key(request.POST.get("into", "").strip().rstrip("/").rpartition("/")[2])
    target = None if key is None else selectors.thread_for(request.user, key)
    if target is None or target.pk == thread.pk:
        return refused(request, _("There is no other thread of this number."), UNPROCESSABLE)
    try:
        merge(actor=request.user, source_id=thread.pk, target_id=target.pk)
    except ForumError as refusal:
        return refused(request, str(refusal))
    messages.success(request, _("The threads are one now."))
    return HttpResponseRedirect(target.get_absolute_url())


@require_safe
def thread_manage(request: Request, pk: int) -> HttpResponse:
    """Everything that one may do with a thread."""
    thread = thread_or_404(request, pk)
    user = request.user
    moderates = rules.can_moderate(user)
    context = {
        "thread": thread,
        "can_moderate": moderates,
        "can_close": rules.can_close(user, thread),
        "can_change": rules.can_change_thread(user, thread),
        "can_delete": rules.can_delete_thread(user, thread),
        "can_see_readers": rules.can_see_readers(user, thread)
        and not selectors.has_masked_others(thread, user),
        "categories": ForumCategory.objects.visible_to(user) if moderates else [],
        "follow": getattr(thread, "my_follow", None) or Follow.NONE,
        "people": selectors.allowed_people(thread) if thread.is_private else [],
    }
    return render(request, "forum/manage.html", context)
