"""What happened in the forum, told to those whom it concerns: by jobs, never in the request.

A reply costs its writer one notice for each set of people (those who are mentioned, the one who
is answered, those who follow), however many people are in it. Nobody hears of one post twice.
"""

import html
from collections.abc import Sequence

from forum.markup import plain
from forum.models import ForumCategory, Post, Thread
from notifications.audiences import Audience
from notifications.services.notify import notify, notify_apart
from notifications.services.withdraw import withdraw

EXCERPT_CHARACTERS = 140


def about(thread_id: int) -> str:
    return f"thread:{thread_id}"


def _said(post: Post, thread: Thread) -> dict[str, str | int]:
    """The values of a notice. A pseudonym's author is named nowhere in them."""
    text = html.unescape(plain(post.html))
    short = text[:EXCERPT_CHARACTERS] + ("…" if len(text) > EXCERPT_CHARACTERS else "")
    return {
        "who": "" if post.pseudonym is not None else post.author.name,
        "pseudonym": post.pseudonym or 0,
        "thread": thread.title,
        "thread_id": thread.pk,
        "post_id": post.pk,
        "excerpt": short,
    }


def _tell(people: dict[str, Audience], post: Post, thread: Thread) -> None:
    notify_apart(people, about=about(thread.pk), by=post.author_id, **_said(post, thread))


def replied(post: Post, thread: Thread, mentioned: Sequence[int]) -> None:
    """Somebody replied: those mentioned, then who is answered, then all who follow."""
    told = set(mentioned)
    people = {}
    if told:
        people["forum.mention"] = Audience.of("forum.some", thread_id=thread.pk, ids=sorted(told))
    answered = post.parent.author_id if post.parent else thread.author_id
    # A reply to oneself is no news; but of an anonymous one the office would see that it is one.
    if answered not in told and (answered != post.author_id or post.pseudonym is not None):
        told.add(answered)
        people["forum.answer"] = Audience.of("forum.some", thread_id=thread.pk, ids=[answered])
    people["forum.reply"] = Audience.of("forum.followers", thread_id=thread.pk, but=sorted(told))
    _tell(people, post, thread)


def mentioned(post: Post, thread: Thread, people: Sequence[int]) -> None:
    """An edited text mentions people whom it did not mention before.

    Each hears of it once, however often a name is taken out and put in again.
    """
    for person in people:
        notify(
            "forum.mention",
            recipients=Audience.of("forum.some", thread_id=thread.pk, ids=[person]),
            about=about(thread.pk),
            by=post.author_id,
            key=f"forum.mention:{post.pk}:{person}",
            **_said(post, thread),
        )


def opened(thread: Thread, post: Post, mentioned: Sequence[int]) -> None:
    """Somebody opened a thread: everybody who may read it, once."""
    but = sorted(set(mentioned))
    people = {}
    if but:
        people["forum.mention"] = Audience.of("forum.some", thread_id=thread.pk, ids=but)
    people["forum.thread_followed"] = Audience.of(
        "forum.category_followers", thread_id=thread.pk, but=but
    )
    people["forum.thread"] = Audience.of("forum.readers", thread_id=thread.pk, but=but)
    _tell(people, post, thread)


def accepted(post: Post, thread: Thread, by: int) -> None:
    notify(
        "forum.accepted",
        recipients=Audience.of("forum.some", thread_id=thread.pk, ids=[post.author_id]),
        about=about(thread.pk),
        by=by,
        key=f"forum.accepted:{post.pk}",
        pseudonym=post.pseudonym or 0,
        thread=thread.title,
        post_id=post.pk,
    )


def gone(thread_id: int, post_id: int = 0) -> None:
    """A post, or with none the whole thread, was taken away: so is what notices quoted of it.

    What was merged into it was told under the thread that it came from. One query for those.
    """
    merged = Thread.objects.filter(moved_to__thread_id=thread_id).values_list("pk", flat=True)
    for told in (thread_id, *merged):
        if post_id:
            withdraw("forum.", about=about(told), name="post_id", value=post_id)
        else:
            withdraw("forum.", about=about(told))


def category_made(category: ForumCategory, by: int) -> None:
    notify(
        "forum.category",
        recipients=Audience.of("forum.category_readers", category_id=category.pk),
        about=f"forum_category:{category.pk}",
        by=by,
        key=f"forum.category:{category.pk}",
        category=category.name,
        slug=category.slug,
    )
