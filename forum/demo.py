"""The forum of the demo faculty. The same seed gives the same discussions."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from forum import demo_texts, markup
from forum.choices import Access, Colour, MarkKind
from forum.models import ForumCategory, Post, PostMark, Pseudonym, Thread
from forum.models.fields import MOST_DEPTH, SEGMENT_BYTES, segment
from forum.services.marks import note_marks
from isme.lib.hooks import DemoPlan

BIG_REPLIES = 1000
BATCH = 500
CATEGORIES: list[dict[str, Any]] = [
    {
        "slug": "mahasiswa",
        "name": "Mahasiswa",
        "description": "Tanya jawab dan diskusi seputar belajar, terbuka untuk semua.",
        "icon": "chat",
        "colour": Colour.GREEN,
        "order": 10,
        "is_default": True,
    },
    {
        "slug": "dosen",
        "name": "Dosen",
        "description": "Ruang para dosen dan bagian akademik.",
        "icon": "users",
        "colour": Colour.SKY,
        "order": 20,
        "is_default": True,
        "student_access": Access.NOTHING,
    },
    {
        "slug": "akademik",
        "name": "Kabar akademik",
        "description": "Kabar dari bagian akademik; semua boleh bertanya di bawahnya.",
        "icon": "bell",
        "colour": Colour.SUN,
        "order": 30,
        "student_access": Access.REPLY,
        "lecturer_access": Access.REPLY,
    },
]


def seed_forum(plan: DemoPlan) -> None:
    """Create what is missing; threads that exist stay as they are."""
    for values in CATEGORIES:
        slug = values["slug"]
        ForumCategory.objects.get_or_create(slug=slug, defaults=values)
    categories = {category.slug: category for category in ForumCategory.objects.all()}
    chance = random.Random(plan.seed)  # noqa: S311 (a seed is wanted)
    students = _people(Role.STUDENT, 120)
    lecturers = _people(Role.LECTURER, 15)
    office = _people(Role.OFFICE, 1)
    if not (students and lecturers and office):
        return
    starters = {"mahasiswa": students, "dosen": lecturers, "akademik": office}
    now = timezone.now()
    for index, (title, text, question, anonymous, replies, slug) in enumerate(demo_texts.THREADS):
        writers = lecturers if slug == "dosen" else [*students, *lecturers]
        wish = Wish(title, text, replies, question=question, anonymous=anonymous)
        began = now - timedelta(days=2 * index + 1, hours=chance.randrange(10))
        seed_thread(categories[slug], chance.choice(starters[slug]), writers, wish, began, chance)
    wish = Wish(demo_texts.BIG_TITLE, demo_texts.BIG_OPENING, BIG_REPLIES)
    writers = [*students, *lecturers]
    began = now - timedelta(days=30)
    seed_thread(categories["mahasiswa"], lecturers[0], writers, wish, began, chance)


@dataclass(frozen=True)
class Wish:
    """A thread to make up."""

    title: str
    text: str
    replies: int
    question: bool = False
    anonymous: bool = False


def _people(role: Role, most: int) -> list[User]:
    rows = User.objects.filter(role=role, is_active=True, is_demo=True).order_by("username")
    return list(rows[:most])


@transaction.atomic
def seed_thread(  # noqa: PLR0913, PLR0917 (one thread)
    category: ForumCategory,
    starter: User,
    writers: Sequence[User],
    wish: Wish,
    began: datetime,
    chance: random.Random,
) -> None:
    if Thread.objects.filter(title=wish.title, category=category).exists():
        return
    thread = Thread.objects.create(
        category=category,
        author=starter,
        title=wish.title,
        is_question=wish.question,
        is_anonymous=wish.anonymous,
        is_pinned=wish.title == demo_texts.BIG_TITLE,
        created_at=began,
        last_post_at=began,
    )
    if wish.anonymous:
        Pseudonym.objects.create(thread=thread, user=starter, number=1)
    Post.objects.create(
        thread=thread,
        author=starter,
        number=0,
        path=b"",
        depth=0,
        pseudonym=1 if wish.anonymous else None,
        title=wish.title,
        body=wish.text,
        html=markup.render(wish.text),
        markup_version=markup.VERSION,
        created_at=began,
    )
    grow(thread, writers, wish.replies, chance)


def sayings(chance: random.Random) -> str:
    """A reply of 280 characters on average."""
    text = " ".join(chance.sample(demo_texts.SENTENCES, chance.choice((1, 3, 3, 4, 4, 5))))
    if chance.random() < 0.08:  # noqa: PLR2004
        text += "\n\n" + chance.choice(demo_texts.LISTS)
    return text


def shape(replies: int, chance: random.Random) -> list[tuple[int, int, bytes]]:
    """Parent's number (0: the thread), depth and path of each reply, in order of writing.

    A third answers the thread, the others somebody, rather somebody recent: so branches are
    uneven, as they are where people talk, and reach depth 10 in a long thread.
    """
    made: list[tuple[int, int, bytes]] = [(0, 0, b"")]
    for number in range(1, replies + 1):
        if number == 1 or chance.random() < 0.3:  # noqa: PLR2004
            parent = 0
        else:
            parent = number - min(number - 1, int(chance.expovariate(1 / 12)) + 1)
        above = made[parent][2]
        if len(above) == MOST_DEPTH * SEGMENT_BYTES:
            above = above[:-SEGMENT_BYTES]
        path = above + segment(number)
        made.append((parent, len(path) // SEGMENT_BYTES, path))
    return made


def grow(thread: Thread, writers: Sequence[User], replies: int, chance: random.Random) -> None:
    """Add ``replies`` replies to a thread that has none, with likes; counters are right."""
    made = shape(replies, chance)
    step = max(timedelta(seconds=1), (timezone.now() - thread.created_at) / (replies + 2))
    posts: dict[int, Post] = {}
    children: dict[bytes, int] = {}
    for number in range(1, replies + 1):
        _parent, depth, path = made[number]
        text = sayings(chance)
        posts[number] = Post(
            thread=thread,
            author=chance.choice(writers),
            number=number,
            path=path,
            depth=depth,
            body=text,
            html=markup.render(text),
            markup_version=markup.VERSION,
            created_at=thread.created_at + step * number,
        )
        children[path[:-SEGMENT_BYTES]] = children.get(path[:-SEGMENT_BYTES], 0) + 1
    for post in posts.values():
        post.child_count = children.get(bytes(post.path), 0)
    _insert(thread, posts, made)
    _like(thread, writers, chance)
    Thread.objects.filter(pk=thread.pk).update(
        reply_count=replies,
        last_number=replies,
        newest_number=replies,
        last_post_at=thread.created_at + step * replies,
        version=F("version") + 1,
    )


def _insert(thread: Thread, posts: dict[int, Post], made: list[tuple[int, int, bytes]]) -> None:
    """Depth by depth, because a row needs its parent's key, which a bulk insert doesn't give."""
    keys: dict[int, int] = {}
    waiting = dict(posts)
    while waiting:
        ready = {
            number: post
            for number, post in waiting.items()
            if post.depth == 1 or made[number][0] in keys
        }
        for number, post in ready.items():
            post.parent_id = keys[made[number][0]] if post.depth > 1 else None
        Post.objects.bulk_create(ready.values(), batch_size=BATCH)
        numbers = Post.objects.filter(thread=thread, depth__gt=0)
        keys = dict(numbers.values_list("number", "pk"))
        waiting = {number: post for number, post in waiting.items() if number not in ready}


def _like(thread: Thread, writers: Sequence[User], chance: random.Random) -> None:
    marks: list[PostMark] = []
    counts: dict[int, list[int]] = {}
    for pk in Post.objects.filter(thread=thread).order_by("number").values_list("pk", flat=True):
        likes = min(len(writers), int(chance.expovariate(0.6)))
        if likes:
            liking = chance.sample(list(writers), likes)
            marks += [PostMark(post_id=pk, user=user, kind=MarkKind.LIKE) for user in liking]
            counts.setdefault(likes, []).append(pk)
    PostMark.objects.bulk_create(marks, batch_size=BATCH)
    note_marks(thread)
    for likes, keys in counts.items():
        for start in range(0, len(keys), BATCH):
            Post.objects.filter(pk__in=keys[start : start + BATCH]).update(like_count=likes)
