"""The same discussion twice, but for who wrote one anonymous reply: nobody may see a difference.

A word that names the author is found by a search for it; a counter, an order or a file's name
that tells them apart only by holding two worlds against each other.
"""

import difflib
import re
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import transaction
from django.test import Client

from academics.models import Class, ClassMember
from accounts.models import User
from forum.models import Post, Thread
from forum.services import marks
from forum.services.categories import board_of_course
from forum.services.threads import accept
from isme.lib import jobs
from isme.lib.models import Job
from isme.lib.redis import evictable
from tests.conftest import enter
from tests.factories import academics as make
from tests.forum import cast
from tests.forum.test_view_writing import upload
from tests.lib.test_files import picture

pytestmark = pytest.mark.django_db
VIEWERS = ("starter", "peer", "teacher", "boss", "admin")
# What is a number of a row, a token or the clock differs between two runs of the same world.
ROW = re.compile(
    r"(/(?:t|posts|files|sent|notifications|c|classes|courses|users|reports)/(?:mk-)?)\d+"
)
ANCHOR = re.compile(r'(edit-link="|acts="p|id="?(?:p|edit-)|parent=|place="t|#p|ification-)\d+')
CHANCE = re.compile(
    r'idempotency_key" value="[^"]*|\b\w{60,}\b|<code>\w{16}|\b\d{1,2}[.:]\d{2}(?:[.:]\d{2})?\b'
)


class Stage(NamedTuple):
    """Who is there, where, and with which browsers."""

    people: dict[str, User]
    sitting: Class
    browsers: dict[str, Client]


@pytest.fixture
def people() -> dict[str, User]:
    """Ani's pages are in Indonesian, Budi's in English: what is stored may not tell which."""
    roles = {"teacher": "lecturer", "boss": "office", "admin": "super_admin"}
    names = ("starter", "peer", "ani", "budi", *roles)
    made = {
        name: cast.person(name, roles.get(name, "student"), f"Nama {name.title()}")
        for name in names
    }
    User.objects.filter(username="budi").update(language="en")
    return made


@pytest.fixture
def sitting(people) -> Class:
    """A class of all students; it has a board that they share with its teacher."""
    offering = make.CourseOfferingFactory(term__is_active=True, term__year__is_active=True)
    made = make.ClassFactory(offering=offering)
    for name in ("starter", "peer", "ani", "budi"):
        student = make.StudentFactory(user=people[name])
        ClassMember.objects.create(course_class=made, student=student, offering=offering)
    make.TeachingRoleFactory(
        offering=offering, lecturer=make.LecturerFactory(user=people["teacher"])
    )
    return made


@pytest.fixture
def stage(people, sitting) -> Stage:
    browsers = {name: enter(Client(), user) for name, user in people.items()}
    return Stage(people, sitting, browsers)


def work() -> None:
    """What the workers have to do."""
    for pk in Job.objects.filter(state="pending").values_list("pk", flat=True):
        jobs.run(pk)


def talk(stage: Stage, writer: str, above: str) -> Thread:
    """Ani has written by name, Budi has not; then one of them writes anonymously."""
    people, sitting, browsers = stage
    board = board_of_course(offering=sitting.offering)
    made = cast.thread(people["starter"], board, title="Ujian susulan", is_question=True)
    named = cast.answer(people["peer"], made, "Saya juga bertanya @ani dan @budi")
    cast.answer(people["ani"], made, "Saya tidak")
    parents = {"peer": named.pk, "starter": cast.answer(people["starter"], made).pk, "": ""}
    work()
    browsers[writer].get(made.get_absolute_url())
    values = {
        "body": "Saya **malu** @peer",
        "is_anonymous": "on",
        "parent": parents[above],
        "files": [upload(f"{writer}.png", picture())],
    }
    assert browsers[writer].post(f"{made.get_absolute_url()}reply/", values).status_code == 302
    masked = Post.objects.latest("pk")
    assert masked.pseudonym == 1
    marks.set_mark(user=people["peer"], post=masked, kind="bookmark")
    edit = {"body": "Saya sangat **malu** @peer"}
    Post.objects.filter(pk=masked.pk).update(created_at=masked.created_at - timedelta(minutes=9))
    assert browsers[writer].post(f"/forum/posts/{masked.pk}/edit/", edit).status_code == 302
    accept(actor=people["starter"], post_id=masked.pk, accepted=True)
    marks.report(reporter=people["teacher"], post=masked, reason="other", note="Lihat")
    return made


def pages(made: Thread) -> list[str]:
    board, course = made.category, made.category.offering.course
    address = made.get_absolute_url()
    posts = Post.objects.filter(thread=made).order_by("number").values_list("pk", flat=True)
    file = Post.objects.filter(thread=made).latest("number").attachments.get().file
    return [
        "/dashboard/", "/forum/", "/forum/mine/", "/forum/bookmarks/", "/forum/reports/",
        board.get_absolute_url(), f"{board.get_absolute_url()}?q=malu",
        address, f"{address}?sort=newest", f"{address}?sort=liked", f"{address}unread/",
        f"{address}readers/", f"{address}manage/",
        *(f"/forum/posts/{pk}/{act}" for pk in posts for act in ("", "menu/", "history/")),
        "/forum/search/?q=malu", "/search/?q=malu", "/search/?q=Nama",
        "/notifications/", "/notifications/activity/", "/notifications/sent/",
        f"/files/{file.pk}/{file.name}",
        course.get_absolute_url(),
        "/reports/forum/", "/reports/charts/forum/", "/accounts/audit/",
    ]  # fmt: skip


def seen(client: Client, path: str) -> str:
    response = client.get(path, follow=True)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kept = ("Content-Disposition", "Content-Type", "ETag", "Last-Modified")
    heads = {name: response[name] for name in kept if response.streaming and name in response}
    text = f"{response.status_code} {heads} {body.decode('utf-8', 'replace')}"
    text = CHANCE.sub("X", text)
    return ANCHOR.sub(r"\1N", ROW.sub(r"\1N", text))


def world(stage: Stage, writer: str, above: str, viewers: list[str]) -> dict[tuple[str, str], str]:
    """All that anybody else sees of it, by who looks and where; then it never was."""
    found: dict[tuple[str, str], str] = {}
    with transaction.atomic():
        made = talk(stage, writer, above)
        work()
        for viewer, path in ((v, path) for v in viewers for path in pages(made)):
            if (viewer, path) != ("admin", "/dashboard/"):  # how many rows Redis holds
                name = ANCHOR.sub(r"\1N", ROW.sub(r"\1N", path))
                found[viewer, f"{len(found)} {name}"] = seen(stage.browsers[viewer], path)
        transaction.set_rollback(True)
    evictable.client.flushdb()
    for browser in stage.browsers.values():
        browser.cookies.pop("messages", None)  # a real one forgets what has expired
    return found


@pytest.mark.parametrize(
    ("pair", "above"),
    [
        (("ani", "budi"), "peer"),
        (("starter", "budi"), ""),
        (("starter", "budi"), "starter"),
        (("peer", "budi"), "peer"),
    ],
    ids=["writer or not", "starter or not", "to oneself or not", "answered or not"],
)
def test_nothing_tells_who_wrote_an_anonymous_reply(stage, pair, above):
    """Else a count of writers, one reader more, or a file's name says what the page hides."""
    viewers = [name for name in VIEWERS if name not in pair]
    one, other = (world(stage, writer, above, viewers) for writer in pair)
    assert [*one] == [*other]
    told = {
        place: "".join(difflib.unified_diff(page.split("\n"), other[place].split("\n"), n=0))
        for place, page in one.items()
        if page != other[place]
    }
    assert told == {}
