"""Home pages say what one has not read and who waits for an answer: as counted, and at once."""

import re
from operator import attrgetter

import pytest
from django.test import Client

from academics.models import ClassMember, CourseOffering, Material
from academics.selectors import places
from academics.selectors.places import Places
from accounts.models import User
from forum.choices import FORUM, QUESTIONS, PostState, ThreadState
from forum.models import Thread
from forum.selectors import home, news, seen
from forum.selectors.news import MOST_LINES
from forum.services.categories import board_of_class, board_of_course
from forum.services.marks import endorse, note_seen
from forum.services.posts import set_state
from forum.services.threads import accept, set_thread_state
from isme.lib import home as registry
from isme.lib import jobs, page, versions
from isme.lib.models import Job, StoredFile
from isme.lib.redis import evictable
from notifications import activity
from notifications.models import Notification
from tests.conftest import enter
from tests.factories import academics as make
from tests.forum import cast
from tests.queries import with_known_term

pytestmark = pytest.mark.django_db
HOME = "/dashboard/"


@pytest.fixture
def offering() -> CourseOffering:
    return make.CourseOfferingFactory(term__is_active=True, term__year__is_active=True)


@pytest.fixture
def student(offering) -> User:
    profile = make.StudentFactory(user=cast.person("student", name="Sari Siswa"))
    sitting = make.ClassFactory(offering=offering)
    ClassMember.objects.create(course_class=sitting, student=profile, offering=offering)
    return profile.user


@pytest.fixture
def lecturer(offering) -> User:
    profile = make.LecturerFactory(user=cast.person("lecturer", "lecturer"))
    make.TeachingRoleFactory(offering=offering, lecturer=profile)
    return profile.user


@pytest.fixture
def people(student, lecturer) -> dict[str, User]:
    return {"student": student, "lecturer": lecturer}


def unread_titles(user: User) -> list[str]:
    talks = [row.talk for row in news.unread_threads(user).threads]
    return [talk.title for talk in sorted(talks, key=attrgetter("pk"))]


def waiting_titles(user: User) -> list[str]:
    return [row.title for row in home.first_of(home.open_questions(user), "pk").threads]


def total_of(html: str, block: str) -> int:
    """The number beside the heading of a block; 0 where the block is left out."""
    found = re.search(rf'id="{block}-title">.*?<span class="count">(\d+)<', html, re.DOTALL)
    return int(found[1]) if found else 0


def test_unread_are_threads_of_my_courses_and_classes_alone(client, student, offering):
    other = cast.person("other", "office")
    cast.thread(other, board_of_course(offering=offering), title="Di blok")
    cast.thread(other, board_of_class(course_class=offering.classes.get()), title="Di kelas")
    cast.thread(other, cast.category("umum"), title="Untuk semua")
    stranger = make.ClassFactory(offering=offering)
    cast.thread(other, board_of_class(course_class=stranger), title="Kelas lain")
    cast.thread(other, board_of_course(offering=offering), title="Rahasia", is_private=True)
    assert unread_titles(student) == ["Di blok", "Di kelas"]
    assert unread_titles(make.StudentFactory().user) == []


def test_what_was_read_leaves_the_page_at_once_and_comes_back_with_a_reply(
    client, student, offering, django_capture_on_commit_callbacks
):
    other = cast.person("other", "office")
    made = [cast.thread(other, board_of_course(offering=offering)) for _n in range(MOST_LINES + 2)]
    enter(client, student)
    html = client.get(HOME).text
    assert total_of(html, "unread") == Thread.objects.count() == MOST_LINES + 2
    assert html.count("/unread/") == MOST_LINES
    assert "2 lagi di forum" in html

    with django_capture_on_commit_callbacks(execute=True):
        client.get(made[0].get_absolute_url())
    assert total_of(client.get(HOME).text, "unread") == MOST_LINES + 1

    with django_capture_on_commit_callbacks(execute=True):
        cast.answer(other, made[0])
    assert news.unread_threads(student).total == MOST_LINES + 2
    assert "1 balasan baru" in rebuilt(client, student)


def rebuilt(client, user: User) -> str:
    """The page after the minute that it may be old."""
    page.forget(page.home_key(user.pk, "id"))
    news._kept.cache_clear()
    return str(client.get(HOME).text)


def test_opened_thread_stands_on_the_page_of_others_at_once(
    client, student, offering, django_capture_on_commit_callbacks
):
    board = board_of_course(offering=offering)
    enter(client, student)
    assert total_of(client.get(HOME).text, "unread") == 0
    with django_capture_on_commit_callbacks(execute=True):
        cast.thread(cast.person("other", "office"), board, title="Jadwal ujian")
    assert "Jadwal ujian" in client.get(HOME).text


def test_notices_stand_on_the_page_as_soon_as_a_worker_brought_them(
    client, student, offering, django_capture_on_commit_callbacks
):
    enter(client, student)
    assert "notices-title" not in client.get(HOME).text
    with django_capture_on_commit_callbacks(execute=True):
        cast.thread(cast.person("other", "office"), cast.category("umum"), title="Libur")
        for pk in Job.objects.filter(kind="notifications.tell").values_list("pk", flat=True):
            jobs.run(pk)
    assert Notification.objects.filter(person=student).count() == 1
    assert "notices-title" in client.get(HOME).text


def test_question_waits_until_somebody_who_teaches_helps(student, lecturer, offering):
    board = board_of_course(offering=offering)
    colleague = make.TeachingRoleFactory(offering=offering).lecturer.user
    asked = {
        name: cast.thread(student, board, title=name, is_question=True)
        for name in ("ditunggu", "diterima", "didukung", "dijawab", "samaran", "ditutup")
    }
    cast.thread(student, board, title="bukan pertanyaan")
    cast.thread(lecturer, board, title="pertanyaan sendiri", is_question=True)
    by_student = {name: cast.answer(student, thread) for name, thread in asked.items()}
    accept(actor=student, post_id=by_student["diterima"].pk, accepted=True)
    endorse(actor=colleague, post_id=by_student["didukung"].pk, endorsed=True)
    helped = cast.answer(colleague, asked["dijawab"])
    cast.answer(colleague, asked["samaran"], is_anonymous=True)
    set_thread_state(actor=student, thread_id=asked["ditutup"].pk, state=ThreadState.CLOSED)
    assert waiting_titles(lecturer) == ["ditunggu", "samaran"]

    set_state(actor=colleague, post_id=helped.pk, state=PostState.DELETED)
    assert waiting_titles(lecturer) == ["ditunggu", "dijawab", "samaran"]
    assert waiting_titles(make.LecturerFactory().user) == []


def test_answer_of_a_colleague_takes_the_question_off_my_page_at_once(
    client, student, lecturer, offering, django_capture_on_commit_callbacks
):
    colleague = make.TeachingRoleFactory(offering=offering).lecturer.user
    board = board_of_course(offering=offering)
    asked = cast.thread(student, board, title="Apa itu gagal jantung?", is_question=True)
    hidden = cast.thread(
        student, board, title="Malu bertanya", is_question=True, is_anonymous=True
    )
    enter(client, lecturer)
    html = client.get(HOME).text
    assert total_of(html, "waiting") == 2
    block = html.split('id="waiting-title"')[1].split("</section>")[0]
    assert block.count(student.name) == 1, "the one who asks under a pseudonym is named"
    assert hidden.title in block
    with django_capture_on_commit_callbacks(execute=True):
        cast.answer(colleague, asked)
    assert total_of(client.get(HOME).text, "waiting") == 1


def others_did_everything(by: User, offering: CourseOffering) -> None:
    """One act of each kind in the course: each kind of object costs the page a query."""
    file = StoredFile.objects.create(kind="x", owner_id=by.pk, path="aa/1", name="a.pdf", size=1)
    row = Material.objects.create(offering=offering, title="Salindia", file=file, added_by=by)
    acts = {
        "academics.material": row,
        "academics.syllabus": offering,
        "academics.class": offering.classes.get(),
        "academics.role": offering.teaching_roles.first()
        or make.TeachingRoleFactory(offering=offering),
    }
    for verb, what in acts.items():
        activity.record(by=by.pk, verb=verb, what=what, course=offering)


@pytest.mark.parametrize("threads", [1, 30])
@pytest.mark.parametrize("role", ["student", "lecturer"])
def test_cold_home_page_keeps_its_budget_with_threads(  # noqa: PLR0917
    client, people, offering, threads, role, django_assert_max_num_queries
):
    board = board_of_course(offering=offering)
    other = cast.person("other")
    others_did_everything(other, offering)
    for _number in range(threads):
        cast.thread(other, board, is_question=True)
    enter(client, people[role])
    with_known_term()
    with django_assert_max_num_queries(15):
        assert f">{threads}<" in client.get(HOME).text


def test_number_of_new_replies_is_that_of_what_one_will_find(student, offering):
    """Else the card promises five and the page marks two: gone ones and one's own are no news."""
    other = cast.person("other", "office")
    made = cast.thread(other, board_of_course(offering=offering), title="Diskusi")
    unseen = cast.thread(other, board_of_course(offering=offering), title="Belum dibuka")
    enter(Client(), student).get(made.get_absolute_url())
    for text in ("Satu", "Dua"):
        cast.answer(other, made, text)
    gone = cast.answer(other, made, "Hilang")
    set_state(actor=other, post_id=gone.pk, state=PostState.DELETED)
    cast.answer(student, made, "Milikku")
    cast.answer(other, made, "Tiga")
    found = news.unread_threads(student).threads
    since = found[0].seen_number
    left = made.posts.filter(number__gt=since, state=PostState.VISIBLE).exclude(author=student)
    assert news.news_of(found, student) == {made.pk: left.count()}
    assert [row.talk.pk for row in found] == [made.pk, unseen.pk]
    assert left.count() < 4


def told(client: Client, user: User) -> int:
    """The number of unread discussions as the page says it, made anew."""
    page.forget(page.home_key(user.pk, "id"))
    return total_of(client.get(HOME).text, "unread")


def test_people_of_one_class_share_the_list_and_nothing_of_what_they_saw(
    client, student, offering, django_capture_on_commit_callbacks
):
    """Else what one has read is gone for all, or a private thread is told to the whole class."""
    other = cast.person("other", "office")
    board = board_of_course(offering=offering)
    public = cast.thread(other, board, title="Untuk semua")
    cast.thread(other, board, title="Rahasia", is_private=True, allowed=[student.pk])
    profile = make.StudentFactory(user=cast.person("neighbour", name="Tetangga"))
    ClassMember.objects.create(
        course_class=offering.classes.get(), student=profile, offering=offering
    )
    neighbour = enter(Client(), profile.user)
    enter(client, student)
    assert (told(client, student), told(neighbour, profile.user)) == (2, 1)
    with django_capture_on_commit_callbacks(execute=True):
        client.get(public.get_absolute_url())
    assert (told(client, student), told(neighbour, profile.user)) == (1, 1)
    assert "Rahasia" not in neighbour.get(HOME).text


def test_look_costs_the_home_page_no_query(
    client, student, offering, django_capture_on_commit_callbacks, django_assert_num_queries
):
    """Else reading, the commonest of all, has the database count what is unread each time."""
    made = cast.thread(cast.person("other", "office"), board_of_course(offering=offering))
    enter(client, student)
    client.get(HOME)  # nobody had named the versions before
    assert told(client, student) == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.get(made.get_absolute_url())
    with django_assert_num_queries(0):
        html = client.get(HOME).text
    assert total_of(html, "unread") == 0


def test_look_that_falls_into_the_reading_of_what_was_seen_is_not_lost(
    student, offering, django_capture_on_commit_callbacks, monkeypatch
):
    """Else a thread that one has read stays unread for five minutes."""
    made = cast.thread(cast.person("other", "office"), board_of_course(offering=offering))
    here = places.of(student).now
    [name] = seen.keys(student.pk)
    read = seen._rows

    def read_and_look(**values):
        rows = read(**values)
        with django_capture_on_commit_callbacks(execute=True):
            note_seen(user=student, thread=made, seen=None, numbers=[0])
        return rows

    monkeypatch.setattr(seen, "_rows", read_and_look)
    registry.attach(student, {})
    assert seen.seen_of(student, here) == {}
    assert evictable.client.get(name) is None


def test_look_that_the_cache_was_not_told_of_is_found_as_soon_as_other_changes_are(
    student, offering
):
    """Else what one read while the cache was away stays unread long after all else is right."""
    cast.thread(cast.person("other", "office"), board_of_course(offering=offering))
    registry.attach(student, {})
    seen.seen_of(student, places.of(student).now)
    [name] = seen.keys(student.pk)
    assert 0 < evictable.client.ttl(name) <= registry.LASTING


def test_what_was_seen_is_kept_of_the_courses_one_has_now(
    student, offering, django_assert_num_queries
):
    """Else who changes class finds all that they read there unread."""
    made = cast.thread(cast.person("other", "office"), board_of_course(offering=offering))
    note_seen(user=student, thread=made, seen=None, numbers=[0])
    here = places.of(student).now
    [name] = seen.keys(student.pk)
    registry.attach(student, {})
    assert seen.seen_of(student, Places()) == {}
    registry.attach(student, {name: evictable.client.get(name)})
    with django_assert_num_queries(1):
        assert seen.seen_of(student, here) == {made.pk: 0}
    registry.attach(
        student, {name: evictable.client.get(name) + f"{made.pk}:4;{made.pk}:2;".encode()}
    )
    with django_assert_num_queries(0):
        assert seen.seen_of(student, here) == {made.pk: 4}


def test_answer_of_a_lecturer_leaves_the_pages_of_students_alone(
    student, lecturer, offering, django_capture_on_commit_callbacks
):
    """Else each answer has a thousand home pages made anew, of which none shows it."""
    made = cast.thread(student, board_of_course(offering=offering), is_question=True)
    before = evictable.client.get(versions.key(FORUM))
    assert waiting_titles(lecturer) == [made.title]
    with django_capture_on_commit_callbacks(execute=True):
        cast.answer(lecturer, made)
    assert waiting_titles(lecturer) == []
    assert evictable.client.get(versions.key(FORUM)) == before
    assert evictable.client.get(versions.key(QUESTIONS))
