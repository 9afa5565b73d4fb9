"""Thirty people at once in one thread: nothing is counted twice, lost, or left hanging."""

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from django.db import connection, connections
from django.test import Client

from academics.errors import Outdated
from accounts.models import User
from forum.choices import MarkKind, PostState
from forum.errors import ForumError
from forum.models import (
    Draft,
    ForumCategory,
    Post,
    PostMark,
    Pseudonym,
    Thread,
    ThreadReader,
)
from forum.services import marks
from forum.services.categories import change_category
from forum.services.drafts import save_draft
from forum.services.posts import edit, set_state
from forum.services.threads import accept
from isme.lib.redis import evictable
from tests.conftest import enter
from tests.forum import cast
from tests.forum.test_service_posts import assert_whole

WRITERS, ACTS = 30, 8
ONE_BY_ONE = "row locks are MariaDB's"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason=ONE_BY_ONE),
]


@pytest.fixture
def people() -> list[User]:
    cast.category("umum")
    return [cast.person(f"p{number}", "office") for number in range(WRITERS)]


@pytest.fixture
def made(people) -> Thread:
    return cast.thread(people[0], is_question=True)


def at_once(works: Sequence[Callable[[], object]]) -> None:
    """All of it at the same time, each in a thread with connections of its own."""
    troubles: list[Exception] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait()
            work()
        except Exception as error:
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


def act(user: User, made: Thread, chance: random.Random) -> None:
    """One of the things that people do in a thread, on some post of it."""
    some = list(Post.objects.filter(thread=made, depth__gt=0).select_related("thread"))
    if not some or chance.random() < 0.2:
        cast.answer(user, made, is_anonymous=chance.random() < 0.5)
        return
    post = chance.choice(some)
    acts: dict[str, Callable[[], object]] = {
        "answer": lambda: cast.answer(user, made, parent=post),
        "edit": lambda: edit(editor=user, post_id=post.pk, text=f"Lain {chance.random()}"),
        "like": lambda: marks.set_mark(user=user, post=post, kind=MarkKind.LIKE),
        "save": lambda: marks.set_mark(user=user, post=post, kind=MarkKind.BOOKMARK),
        "accept": lambda: accept(actor=user, post_id=post.pk, accepted=True),
        "endorse": lambda: marks.endorse(actor=user, post_id=post.pk, endorsed=True),
        **{
            state: lambda to=state: set_state(actor=user, post_id=post.pk, state=to)
            for state in PostState
        },
    }
    with suppress(ForumError):  # a refusal is a right answer
        acts[chance.choice(list(acts))]()


def test_thirty_writers_at_once_leave_the_counters_right(people, made):
    """Else a thread says 41 replies and shows 39, for ever."""

    def work(number: int) -> None:
        chance = random.Random(number)
        for _act in range(ACTS):
            act(people[number], made, chance)

    at_once([lambda number=number: work(number) for number in range(WRITERS)])
    assert Post.objects.count() > WRITERS
    assert_whole(made)
    masked = Post.objects.exclude(pseudonym=None).values_list("pseudonym", "author_id")
    numbers = dict(masked)
    assert len(numbers) == len(set(numbers.values())) == Pseudonym.objects.count()
    made.refresh_from_db()
    assert made.accepted is None or made.accepted.state == PostState.VISIBLE


def test_thirty_likes_at_once_are_thirty(people, made):
    post = Post.objects.select_related("thread").get(thread=made)
    at_once([lambda u=u: marks.set_mark(user=u, post=post, kind=MarkKind.LIKE) for u in people])
    assert PostMark.objects.count() == WRITERS
    assert_whole(made)


@pytest.mark.parametrize("kind", MarkKind)
def test_one_intention_sent_ten_times_at_once_is_one_mark(people, made, kind):
    """A flaky line sends a press again and again: it says what was meant, so it is one."""
    post = Post.objects.select_related("thread").get(thread=made)
    for on in (True, False):
        press = lambda on=on: marks.set_mark(user=people[1], post=post, kind=kind, on=on)  # noqa: E731
        at_once([press] * 10)
        assert PostMark.objects.count() == on
        assert_whole(made)


def test_one_reply_sent_ten_times_at_once_stands_once(people, made):
    """Else a slow line makes ten of it, and ten notices."""
    client = enter(Client(), people[1])
    values = {"body": "Sekali saja", "idempotency_key": "k1"}
    places: list[str] = []

    def send() -> None:
        own = Client()
        own.cookies = client.cookies
        places.append(own.post(f"{made.get_absolute_url()}reply/", values)["Location"])

    at_once([send] * 10)
    post = Post.objects.get(number=1)
    assert places == [post.get_absolute_url()] * 10
    assert_whole(made)


def test_first_looks_and_drafts_at_once_leave_one_row_each(people, made):
    reader = people[1]

    def look() -> None:
        thread = Thread.objects.get(pk=made.pk)
        marks.note_seen(user=reader, thread=thread, seen=None, numbers=[0])
        save_draft(user=reader, place=f"t{made.pk}", typed={"body": "Sedang menulis"})

    at_once([look] * 10)
    assert ThreadReader.objects.filter(user=reader).count() == 1
    assert Draft.objects.filter(user=reader).count() == 1


def test_category_that_ten_change_at_once_is_changed_by_one_and_nine_are_told(people):
    """Else the last to arrive undoes what nine others were told is saved."""
    made = cast.category("jaga")
    outdated: list[str] = []

    def change(name: str) -> None:
        category = ForumCategory.objects.get(pk=made.pk)
        category.name = name
        try:
            change_category(actor=people[0], category=category, version=made.version)
        except Outdated:
            outdated.append(name)

    names = [f"Jaga {number}" for number in range(10)]
    at_once([lambda name=name: change(name) for name in names])
    now = ForumCategory.objects.get(pk=made.pk)
    assert (now.version, len(outdated)) == (made.version + 1, 9)
    assert {now.name} == set(names) - set(outdated)


def test_ten_threads_looked_at_at_once_are_all_known_to_be_read(people):
    """Else a browser that opens ten discussions in tabs leaves some of them unread."""
    reader, threads = people[1], [cast.thread(people[0]) for _number in range(10)]
    name, known = f"fs:{reader.pk}", "places;"
    evictable.client.set(name, known)

    def look(made: Thread) -> None:
        marks.note_seen(user=reader, thread=made, seen=None, numbers=[0])

    at_once([lambda made=made: look(made) for made in threads])
    noted = evictable.client.get(name).decode().removeprefix(known).split(";")[:-1]
    assert sorted(noted) == sorted(f"{made.pk}:0" for made in threads)
    rows = ThreadReader.objects.filter(user=reader).values_list("thread", flat=True)
    assert set(rows) == {made.pk for made in threads}
