"""Two threads about the same thing become one."""

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from forum import rules
from forum.choices import FORUM, Follow, PostState, ThreadState
from forum.errors import ForumError, NotAllowed
from forum.models import Draft, Post, Pseudonym, Thread, ThreadReader
from forum.models.fields import MOST_DEPTH, SEGMENT_BYTES, segment
from forum.services import counters, marks
from forum.services.posts import free_pseudonym
from isme.lib import audit, versions
from isme.lib.transactions import retry_atomic

MOST_POSTS = 2000  # more would hold the lock for seconds
FULL_PATH = MOST_DEPTH * SEGMENT_BYTES
BATCH = 200


@retry_atomic
def merge(*, actor: User, source_id: int, target_id: int) -> Thread:
    """Hang the source's opening text, with all its replies, into the target as its last reply.

    The source is deleted; links to it and its posts lead to their new place, and who followed it
    follows the target; drafts come along. Locks both threads, the older first. Raises NotAllowed,
    and ForumError for what can't be merged.
    """
    if not rules.can_moderate(actor):
        raise NotAllowed
    first, second = (counters.lock(pk) for pk in sorted({source_id, target_id}))
    source, target = (first, second) if first.pk == source_id else (second, first)
    _refuse_unlike(source, target)
    posts = list(Post.objects.filter(thread=source).order_by("number"))
    if len(posts) > MOST_POSTS:
        raise ForumError(_("This thread is too long to be merged. Close it and link to it."))
    _transplant(posts, target)
    moved = ["thread", "number", "path", "depth", "parent", "child_count", "pseudonym", "title"]
    Post.objects.bulk_update(posts, moved, batch_size=BATCH)
    visible = [post.number for post in posts if post.state == PostState.VISIBLE]
    counters.touch(
        target,
        last_number=posts[-1].number,
        newest_number=max([target.newest_number, *visible]),
        reply_count=target.reply_count + len(visible),
        last_post_at=max(source.last_post_at, target.last_post_at),
    )
    counters.touch(
        source, state=ThreadState.DELETED, reply_count=0, accepted=None, moved_to=posts[0]
    )
    marks.note_marks(target)
    _follow_along(source, target)
    _take_drafts_along(source, target, posts[0])
    versions.bump(FORUM)
    audit.record(
        "forum.threads_merged",
        actor_id=actor.pk,
        subject=f"thread:{target.pk}",
        details={"from": source.pk, "posts": len(posts)},
    )
    return target


def _refuse_unlike(source: Thread, target: Thread) -> None:
    """Nobody may come to read by a merge what they could not read before."""
    gone = ThreadState.DELETED in {source.state, target.state}
    unlike = source.is_private or target.is_private or source.category_id != target.category_id
    if gone or unlike:
        raise ForumError(_("Only two public threads of the same category can be merged."))


def _transplant(posts: list[Post], target: Thread) -> None:
    """New numbers, places and pseudonyms, in memory. The source's own order is kept."""
    opening, step = posts[0], target.last_number + 1
    places: dict[bytes, Post] = {}
    for post in posts:
        old = bytes(post.path)
        above = places.get(old[:-SEGMENT_BYTES]) if post is not opening else None
        base = bytes(above.path) if above else b""
        if len(base) == FULL_PATH:
            base = base[:-SEGMENT_BYTES]
        places[old] = post
        post.number += step
        post.path = base + segment(post.number)
        post.depth = len(post.path) // SEGMENT_BYTES
        post.parent = post.parent or (None if post is opening else opening)
        post.thread, post.title, post.child_count = target, "", 0
    _mask_anew(posts, target)
    by_path = {bytes(post.path): post for post in posts}
    # The deepest first: whether a removed post is still shown depends on what hangs on it.
    for post in sorted(posts, key=lambda one: -one.depth):
        holder = by_path.get(bytes(post.path)[:-SEGMENT_BYTES])
        if holder is not None and counters.is_shown(post):
            holder.child_count += 1


def _mask_anew(posts: list[Post], target: Thread) -> None:
    """Pseudonyms of the source get numbers of their own, and stay with who has none here yet.

    Who wrote anonymously in both threads stays two: that they are one was known to nobody.
    """
    known = set(Pseudonym.objects.filter(thread=target).values_list("user_id", flat=True))
    first = free_pseudonym(target)
    numbers: dict[int, int] = {}
    for post in posts:
        if post.pseudonym is None:
            continue
        if post.pseudonym not in numbers:
            numbers[post.pseudonym] = first + len(numbers)
            if post.author_id not in known:
                known.add(post.author_id)
                Pseudonym.objects.create(
                    thread=target, user_id=post.author_id, number=numbers[post.pseudonym]
                )
        post.pseudonym = numbers[post.pseudonym]


def _follow_along(source: Thread, target: Thread) -> None:
    """Who waits for answers in the source hears of them in the target, unless they muted it."""
    waiting = ThreadReader.objects.filter(thread=source, follow=Follow.FOLLOWING)
    people = list(waiting.values_list("user_id", flat=True))
    ThreadReader.objects.bulk_create(
        [ThreadReader(thread=target, user_id=pk) for pk in people], ignore_conflicts=True
    )
    here = ThreadReader.objects.filter(thread=target, user_id__in=people, follow=Follow.NONE)
    here.update(follow=Follow.FOLLOWING, version=F("version") + 1)


def _take_drafts_along(source: Thread, target: Thread, opening: Post) -> None:
    """What was being written in the source answers the same post, where that stands now.

    The starter of an anonymous source had no box to tick: the target's is ticked for them. Two
    drafts that come to the same place become one, with the words of both.
    """
    known = {(one.user_id, one.place): one for one in Draft.objects.filter(thread=target)}
    drafts = Draft.objects.filter(thread=source).select_related("user")
    for draft in drafts.order_by("saved_at", "pk"):
        answered = draft.place.partition("p")[2] or opening.pk
        draft.place, draft.thread = f"t{target.pk}p{answered}", target
        if rules.is_masked(draft.user, source):
            draft.details = {**draft.details, "is_anonymous": "on"}
        there = known.setdefault((draft.user_id, draft.place), draft)
        if there is not draft:
            there.body = f"{there.body}\n\n{draft.body}"
            there.details = {**draft.details, **there.details}
            draft.delete()
        there.save(update_fields=["place", "thread", "body", "details"])
