"""Writing: threads, replies, edits, previews, drafts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import Request
from accounts.models import User
from forum import rules
from forum.choices import Follow
from forum.errors import ForumError, NotAllowed, ThreadNotOpen
from forum.forms.writing import EditForm, MessageForm, ReplyForm, ThreadForm
from forum.models import Post, Thread
from forum.selectors.drafts import draft_at
from forum.services import drafts
from forum.services.posts import edit, reply
from forum.services.texts import write
from forum.services.threads import open_thread
from forum.views.common import (
    FORBIDDEN,
    UNPROCESSABLE,
    category_or_404,
    post_or_404,
    refused,
    renderer,
    thread_or_404,
    too_often,
)
from isme.lib.http import wants_fragment
from isme.lib.idempotency import once
from isme.lib.keys import row_key
from isme.lib.rates import Rate

PEOPLE_RATE = Rate("forum_people", most=120, seconds=60)


def key_of(form: MessageForm) -> str:
    return str(form.cleaned_data["idempotency_key"])


@require_http_methods(["GET", "HEAD", "POST"])
def thread_new(request: Request, slug: str) -> HttpResponse:
    category = category_or_404(request, slug)
    if not rules.can_open_thread(request.user, category):
        return refused(request, _("You may read here, but not open threads."))
    place = f"c{category.pk}"
    if request.method == "POST":
        form = ThreadForm(request.POST, request.FILES, owner_id=request.user.pk)
        if form.is_valid():
            try:
                return HttpResponseRedirect(_opened(request, category, form))
            except NotAllowed as refusal:
                return refused(request, str(refusal))
            except ForumError as refusal:
                form.add_error(refusal.field, str(refusal))
    else:
        draft = draft_at(request.user, place)
        form = ThreadForm(initial=draft.first if draft else {})
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"category": category, "form": form, "draft_place": place}
    return render(request, "forum/thread_new.html", context, status=status)


def _opened(request: Request, category: Any, form: ThreadForm) -> str:
    def effect() -> str:
        made = open_thread(
            author=request.user, category=category, plan=form.plan, message=form.message
        )
        drafts.drop_draft(user=request.user, place=f"c{category.pk}")
        return made.get_absolute_url()

    return once(request.user.pk, key_of(form), effect)


@require_http_methods(["GET", "HEAD", "POST"])
def thread_reply(request: Request, pk: int) -> HttpResponse:
    """GET: a page to answer one post, for browsers without script. POST: the reply."""
    thread = thread_or_404(request, pk)
    if request.method != "POST":
        form = ReplyForm(
            initial=_first(request, thread), is_masked=rules.is_masked(request.user, thread)
        )
        return _reply_page(request, thread, form)
    form = ReplyForm(
        request.POST,
        request.FILES,
        auto_id="reply_%s",
        owner_id=request.user.pk,
        is_masked=rules.is_masked(request.user, thread),
    )
    if form.is_valid():
        try:
            location, is_bare = _replied(request, thread, form)
        except (NotAllowed, ThreadNotOpen) as refusal:
            form.add_error(None, str(refusal))
            return _reply_page(request, thread, form, FORBIDDEN)
        except ForumError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return _after_reply(request, thread, location, is_bare=is_bare)
    return _reply_page(request, thread, form, UNPROCESSABLE)


def _first(request: Request, thread: Thread) -> dict[str, str]:
    parent = request.GET.get("parent", "")
    place = f"t{thread.pk}p{parent}" if parent else f"t{thread.pk}"
    draft = draft_at(request.user, place[:40])
    return {**(draft.first if draft else {}), "parent": parent}


def _replied(request: Request, thread: Thread, form: ReplyForm) -> tuple[str, bool]:
    """Where the reply is, and whether it is just written and of nothing but text."""
    parent_id = form.cleaned_data["parent"]
    is_bare = False

    def effect() -> str:
        nonlocal is_bare
        made = reply(
            author=request.user, thread_id=thread.pk, parent_id=parent_id, message=form.message
        )
        is_bare = not form.message.attached
        place = f"t{thread.pk}" + (f"p{parent_id}" if parent_id else "")
        drafts.drop_sent(
            user=request.user, thread_id=thread.pk, place=place, body=form.message.text
        )
        return made.get_absolute_url()

    return once(request.user.pk, key_of(form), effect), is_bare


def _after_reply(
    request: Request, thread: Thread, location: str, *, is_bare: bool
) -> HttpResponse:
    """The new post and the new count for htmx; a browser goes to the post."""
    if not wants_fragment(request):
        return HttpResponseRedirect(location)
    post_id = int(location.strip("/").rpartition("/")[2])
    thread.refresh_from_db(fields=["reply_count", "accepted"])
    html, row = renderer(request, thread, post_id, is_bare=is_bare)
    known: Any = thread
    context = {
        "item": html.item(row),
        "thread": thread,
        "address": f"/forum/t/{thread.pk}/",
        # Who writes follows from then on (services.posts), but for who muted the thread.
        "is_following": known.my_follow != Follow.MUTED,
        "is_muted": known.my_follow == Follow.MUTED,
    }
    return render(request, "forum/_replied.html", context)


def _reply_page(
    request: Request, thread: Thread, form: ReplyForm, status: int = 200
) -> HttpResponse:
    parent = row_key(str(form["parent"].value() or ""))
    answered = (
        Post.objects.visible_to(request.user).filter(pk=parent, thread=thread).first()
        if parent is not None
        else None
    )
    context = {
        "thread": thread,
        "form": form,
        "answered": answered,
        "can_reply": rules.can_reply(request.user, thread) and not rules.only_looks(request.user),
        "only_looks": rules.only_looks(request.user),
        "draft_place": f"t{thread.pk}" + (f"p{answered.pk}" if answered else ""),
    }
    part = wants_fragment(request)
    template = "forum/_composer.html" if part else "forum/reply.html"
    response = render(request, template, context, status=status)
    if part and form.is_bound:
        response["HX-Retarget"] = "#write"
        response["HX-Reswap"] = "outerHTML"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: Request, pk: int) -> HttpResponse:
    post = post_or_404(request, pk)
    if not rules.can_edit(request.user, post):
        return refused(request, _("This post can't be changed any more."))
    form = EditForm(request.POST or None, initial={"body": post.body})
    if request.method == "POST" and form.is_valid():
        try:
            edit(editor=request.user, post_id=post.pk, text=form.cleaned_data["body"])
        except NotAllowed as refusal:
            return refused(request, str(refusal))
        except ForumError as refusal:
            form.add_error("body", str(refusal))
        else:
            return _after_edit(request, post)
    status = UNPROCESSABLE if request.method == "POST" else 200
    template = "forum/_edit.html" if wants_fragment(request) else "forum/edit.html"
    quiet = rules.is_quiet_edit(request.user, post)
    context = {"post": post, "thread": post.thread, "form": form, "quiet": quiet}
    return render(request, template, context, status=status)


def _after_edit(request: Request, post: Post) -> HttpResponse:
    if wants_fragment(request):
        html, row = renderer(request, post.thread, post.pk)
        return HttpResponse(html.article(row))
    messages.success(request, _("The post is changed."))
    return HttpResponseRedirect(post.get_absolute_url())


@require_POST
def preview(request: Request) -> HttpResponse:
    """How a text will look; nothing is kept."""
    try:
        html = write(request.POST.get("body", ""), most=10_000).html
        context = {"html": html}
    except ForumError as refusal:
        context = {"why": str(refusal)}
    return render(request, "forum/_preview.html", context)


@require_POST
def draft_save(request: Request) -> HttpResponse:
    posted = request.POST
    try:
        draft = drafts.save_draft(
            user=request.user, place=posted.get("place", ""), typed=posted.dict()
        )
    except drafts.UnknownPlace:
        raise Http404 from None
    if wants_fragment(request):
        return render(request, "forum/_draft_saved.html", {"draft": draft})
    messages.success(request, _("The draft is kept."))
    return HttpResponseRedirect(reverse("forum:drafts"))


@require_safe
def people(request: Request) -> HttpResponse:
    """Who can be mentioned, by the beginning of a name or username: 8 at most."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:50]
    rows: list[dict[str, str]] = []
    if len(q) >= 2:  # noqa: PLR2004
        refusal = too_often(request, PEOPLE_RATE)
        if refusal:
            return refusal
        found = User.objects.filter(is_active=True).order_by("name", "pk")
        named = found.filter(name__icontains=q)[:8]
        exact = found.filter(username__startswith=q.lower())[:8]
        known = {one.pk: one for one in [*exact, *named]}
        rows = [
            {"username": one.username, "name": one.name, "role": str(one.get_role_display())}
            for one in list(known.values())[:8]
        ]
    return JsonResponse({"people": rows})
