"""Boards of courses and classes: there on the first visit, open to their members alone."""

import re
from datetime import date

import pytest

from academics.models import (
    AcademicYear,
    Class,
    ClassMember,
    Course,
    CourseOffering,
    TeachingRole,
    Term,
)
from academics.services.membership import remove_from_class
from academics.services.rows import By
from accounts.models import LecturerProfile, StudentProfile, User
from forum.choices import ThreadState
from forum.models import ForumCategory
from forum.services.categories import board_of_class, board_of_course, save_category
from forum.services.threads import set_thread_state
from isme.lib import links
from notifications import activity
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def offering(db) -> CourseOffering:
    year = AcademicYear.objects.create(first_year=2026, is_active=True)
    term = Term.objects.create(
        year=year,
        kind="odd",
        starts_on=date(2026, 8, 1),
        ends_on=date(2027, 1, 31),
        is_active=True,
    )
    course = Course.objects.create(
        code="MKB701",
        name="Kardiologi",
        kind="block",
        level=7,
        block_no=1,
        credits=4,
        curriculum_year=2024,
    )
    return CourseOffering.objects.create(
        course=course, term=term, starts_on=term.starts_on, ends_on=term.ends_on
    )


@pytest.fixture
def member(offering):
    user = cast.person("member")
    student = StudentProfile.objects.create(user=user, intake_year=2024, level=7, gender="female")
    sitting = Class.objects.create(offering=offering, name="A", capacity=40)
    ClassMember.objects.create(course_class=sitting, student=student, offering=offering)
    return user


@pytest.fixture
def teacher(offering):
    user = cast.person("teacher", "lecturer")
    profile = LecturerProfile.objects.create(user=user, main_role="teacher")
    TeachingRole.objects.create(offering=offering, lecturer=profile, kind="teacher")
    return user


@pytest.mark.parametrize("kind", ["courses", "classes"])
def test_first_visit_makes_the_board_once(client, member, teacher, offering, kind):
    pk = offering.pk if kind == "courses" else Class.objects.get().pk
    for user in (member, teacher, cast.person("boss", "office")):
        enter(client, user)
        response = client.get(f"/forum/{kind}/{pk}/", follow=True)
        assert response.status_code == 200
        assert "Kardiologi" in response.text
    assert ForumCategory.objects.count() == 1


@pytest.mark.parametrize("role", ["student", "lecturer"])
def test_others_see_no_board_and_nothing_in_it(client, member, offering, role):
    enter(client, member)
    board = client.get(f"/forum/courses/{offering.pk}/")["Location"]
    made = cast.thread(member, ForumCategory.objects.get(), title="Hanya kita")
    enter(client, cast.person("stranger", role))
    for path in (f"/forum/courses/{offering.pk}/", board, f"{board}new/", made.get_absolute_url()):
        assert client.get(path).status_code == 404, path
    assert "Hanya kita" not in client.get("/forum/").text
    assert "Kardiologi" not in client.get("/forum/").text
    assert client.post(f"{made.get_absolute_url()}reply/", {"body": "x"}).status_code == 404


def test_members_write_and_hear_of_it(client, member, teacher, offering):
    from tests.forum.test_notices import told

    enter(client, member)
    client.get(f"/forum/courses/{offering.pk}/")
    cast.person("stranger")
    made = cast.thread(member, ForumCategory.objects.get())
    assert told() == [("teacher", "thread")]
    cast.answer(teacher, made)


def test_index_offers_boards_until_they_are_made(
    client, member, offering, django_capture_on_commit_callbacks
):
    enter(client, member)
    page = client.get("/forum/").text
    assert f"/forum/courses/{offering.pk}/" in page
    assert f"/forum/classes/{Class.objects.get().pk}/" in page
    with django_capture_on_commit_callbacks(execute=True):
        client.get(f"/forum/courses/{offering.pk}/")
    page = client.get("/forum/").text
    assert f"/forum/courses/{offering.pk}/" not in page
    assert f"/forum/c/mk-{offering.pk}/" in page


@pytest.mark.parametrize("threads", [1, 3])
def test_index_query_budget(client, member, offering, django_assert_num_queries, threads):
    """What is new to the reader is asked each time; which boards there are, where it changed."""
    where = cast.category("umum")
    for _thread in range(threads):
        cast.thread(member, where)
    enter(client, member)
    client.get("/accounts/profile/")  # the session and the bell are known from now on
    with django_assert_num_queries(5):  # places, categories, unopened courses, classes; threads
        client.get("/forum/")
    with django_assert_num_queries(1):
        client.get("/forum/")


def test_new_board_stands_in_the_list_of_who_has_just_looked(
    client, member, offering, django_capture_on_commit_callbacks
):
    """Else the office makes a board, and those who were there don't find it for an hour."""
    enter(client, member)
    client.get("/forum/")
    boss, fresh = cast.person("boss", "office"), ForumCategory(name="Kabar", slug="kabar")
    with django_capture_on_commit_callbacks(execute=True):
        save_category(actor=boss, category=fresh)
    assert "/forum/c/kabar/" in client.get("/forum/").text
    fresh.is_active = False
    with django_capture_on_commit_callbacks(execute=True):
        save_category(actor=boss, category=fresh)
    assert "/forum/c/kabar/" not in client.get("/forum/").text


def test_who_left_a_course_does_not_see_its_board(
    client, member, offering, django_capture_on_commit_callbacks
):
    """Else one goes on reading, because where one had a place is kept."""
    board = board_of_course(offering=offering)
    made = cast.thread(cast.person("opener", "office"), board, title="Dalam")
    enter(client, member)
    for _again in range(2):
        assert board.name in client.get("/forum/").text
        assert client.get(made.get_absolute_url()).status_code == 200
    sitting = ClassMember.objects.get(student_id=member.pk)
    by = By(cast.person("boss", "office").pk)
    with django_capture_on_commit_callbacks(execute=True):
        remove_from_class(sitting.course_class_id, student_ids=[member.pk], by=by)
    assert board.name not in client.get("/forum/").text
    assert client.get(f"/forum/c/{board.slug}/").status_code == 404
    assert client.get(made.get_absolute_url()).status_code == 404


def test_a_thread_of_a_course_stands_in_the_course_s_stream_for_who_may_read_it(offering):
    author, reader = cast.person("opener", "office"), cast.person("watcher", "office")
    board = board_of_course(offering=offering)
    shown = cast.thread(author, board, title="Terbuka")
    cast.thread(author, board, title="Tanpa nama", is_anonymous=True)
    closed = cast.thread(author, board, title="Terhapus")
    set_thread_state(actor=author, thread_id=closed.pk, state=ThreadState.DELETED)
    entries = activity.latest(reader, CourseOffering, [offering.pk])
    assert [(one.who, one.title) for one in entries] == [(author.name, "Terbuka")]
    assert entries[0].address == shown.get_absolute_url()
    assert activity.latest(author, CourseOffering, [offering.pk]) == [], "one's own is no news"


def buttons(html: str) -> dict[str, str]:
    """The ways to boards on a page, with the number of their unread threads."""
    found = re.findall(r'<a class="btn" href="(/forum/[^"]+)">(.*?)</a>', html, re.DOTALL)
    counts = ((path, re.search(r'class="count">(\d+)', inside)) for path, inside in found)
    return {path: count[1] if count else "" for path, count in counts}


def test_pages_of_course_and_class_lead_members_to_their_boards(client, member, teacher, offering):
    boss, sitting = cast.person("boss", "office"), Class.objects.get()
    of_course, of_class = f"/forum/courses/{offering.pk}/", f"/forum/classes/{sitting.pk}/"
    for user in (member, teacher, boss):
        enter(client, user)
        assert buttons(client.get(offering.course.get_absolute_url()).text) == {of_course: ""}
        assert buttons(client.get(f"/classes/{sitting.pk}/").text) == {of_class: ""}
    for thread in (1, 2):
        made = cast.thread(boss, board_of_course(offering=offering), title=f"Utas {thread}")
    cast.thread(boss, board_of_class(course_class=sitting))
    enter(client, member)
    assert buttons(client.get(f"/classes/{sitting.pk}/").text) == {of_class: "1"}
    assert buttons(client.get(offering.course.get_absolute_url()).text) == {of_course: "2"}
    client.get(made.get_absolute_url())
    assert buttons(client.get(offering.course.get_absolute_url()).text) == {of_course: "1"}


def test_who_is_no_member_gets_no_way_to_the_board(client, offering):
    enter(client, cast.person("stranger"))
    page = client.get(offering.course.get_absolute_url())
    assert page.status_code == 200
    assert buttons(page.text) == {}


@pytest.mark.parametrize("threads", [1, 30])
def test_way_to_the_board_costs_two_queries(member, offering, django_assert_num_queries, threads):
    board, author = board_of_course(offering=offering), cast.person("author", "office")
    for _number in range(threads):
        cast.thread(author, board)
    with django_assert_num_queries(2):
        (link,) = links.of(member, offering)
    assert link.news == threads


def test_latest_is_shared_and_still_of_each(offering, member, teacher, django_assert_num_queries):
    """Else a private thread is named to a whole class, or one reads of one's own acts as news."""
    boss, board = cast.person("opener", "office"), board_of_course(offering=offering)
    cast.thread(boss, board, title="Rahasia", is_private=True, allowed=[teacher.pk])
    cast.thread(member, board, title="Milikku")
    activity.record(by=boss.pk, verb="academics.syllabus", what=offering, course=offering)

    def titles(user: User, number: int = 6, word: str = "now") -> list[str]:
        words = (f"{offering.pk}", word)
        rows = activity.latest(user, CourseOffering, [offering.pk], number, words=words)
        return [row.title for row in rows]

    with django_assert_num_queries(2 + 2):  # what is for both, and the threads of each
        assert titles(teacher) == ["Kardiologi", "Milikku", "Rahasia"]
        assert titles(member) == ["Kardiologi"]
    for _n in range(6):
        cast.thread(boss, board)
    activity.record(by=boss.pk, verb="academics.syllabus", what=offering, course=offering)
    assert titles(boss, 2, "later") == ["Milikku"], "though the latest are all one's own"
