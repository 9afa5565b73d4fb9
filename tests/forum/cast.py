"""The people and the threads of the forum's tests."""

import itertools
import random

from accounts.models import User
from forum import demo
from forum.choices import Access
from forum.models import ForumCategory, Post, Thread
from forum.services.posts import Message, reply
from forum.services.threads import Plan, open_thread
from tests.conftest import make_user

_numbers = itertools.count(1)


def category(slug: str = "", **fields: object) -> ForumCategory:
    slug = slug or f"c{next(_numbers)}"
    return ForumCategory.objects.create(slug=slug, name=slug.title(), **fields)


def lecturers_only() -> ForumCategory:
    return category(student_access=Access.NOTHING)


def thread(author: User, where: ForumCategory | None = None, **plan: object) -> Thread:
    """A thread with the opening text "Halo semua"."""
    where = where or ForumCategory.objects.first() or category()
    wanted = Plan(**{"title": "Sebuah utas", **plan})
    made = open_thread(author=author, category=where, plan=wanted, message=Message("Halo *semua*"))
    made.refresh_from_db()
    return made


def answer(
    author: User, thread: Thread, text: str = "Setuju", parent: Post | None = None, **more: object
) -> Post:
    return reply(
        author=author,
        thread_id=thread.pk,
        parent_id=parent.pk if parent else None,
        message=Message(text, **more),
    )


def grown(author: User, replies: int, *, writers: int = 20, seed: int = 7) -> Thread:
    """A thread of ``replies`` replies by ``writers`` people, shaped like people's talk."""
    made = thread(author)
    people = [
        User(username=f"w{next(_numbers)}", name=f"Penulis Ke{n}", role="student", password="!")
        for n in range(writers)
    ]
    for person in people:
        person.save()
    demo.grow(made, people, replies, random.Random(seed))
    made.refresh_from_db()
    return made


def opening(thread: Thread) -> Post:
    return Post.objects.get(thread=thread, number=0)


def person(username: str, role: str = "student", name: str = "") -> User:
    user = make_user(username, role=role)
    if name:
        user.name = name
        user.save(update_fields=["name"])
    return user
