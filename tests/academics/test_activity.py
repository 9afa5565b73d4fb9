"""Streams: who did what, for those who may see it, on pages that cost the same for any length."""

import pytest

from academics.models import ClassMember
from academics.services import promotion
from academics.services.rows import By
from accounts.choices import Role
from accounts.services.accounts import change_account
from forum.services.categories import board_of_course
from notifications import activity
from tests.conftest import enter
from tests.factories import academics as make
from tests.forum import cast

pytestmark = pytest.mark.django_db
MINE = "/notifications/activity/"


@pytest.fixture
def offering():
    return make.CourseOfferingFactory(term__is_active=True, term__year__is_active=True)


@pytest.fixture
def student(offering):
    profile = make.StudentFactory(user=cast.person("student", name="Sari Siswa"))
    sitting = make.ClassFactory(offering=offering)
    ClassMember.objects.create(course_class=sitting, student=profile, offering=offering)
    return profile.user


def lines(response) -> list[tuple[str, str, str]]:
    return [(one.who, str(one.text), one.title) for one in response.context["entries"]]


def test_replies_stand_in_the_streams_but_for_those_under_a_pseudonym(client, student, offering):
    office = cast.person("boss", "office", "Bos Besar")
    thread = cast.thread(office, board_of_course(offering=offering), title="Ujian")
    cast.answer(student, thread)
    cast.answer(student, thread, is_anonymous=True)
    address = f"{offering.course.get_absolute_url()}activity/"
    assert address in enter(client, student).get(offering.course.get_absolute_url()).text
    assert lines(client.get(address)) == [
        ("Sari Siswa", "menulis di diskusi", "Ujian"),
        ("Bos Besar", "membuka diskusi", "Ujian"),
    ]
    assert MINE in client.get("/accounts/profile/").text
    assert lines(client.get(MINE)) == [("Sari Siswa", "menulis di diskusi", "Ujian")]
    assert thread.get_absolute_url() in client.get(MINE).text


def test_own_stream_says_what_it_leaves_out(client, student):
    """Else who wrote in a general forum takes what is not listed for lost."""
    cast.answer(student, cast.thread(cast.person("boss", "office"), cast.category("umum")))
    page = enter(client, student).get(MINE)
    assert lines(page) == []
    assert "Kiriman di forum lain dan kiriman anonim tidak tercantum." in page.text
    assert "di forum mata kuliah dan kelas Anda" in page.text
    assert "impor" not in page.context["lead"]
    assert "impor" in enter(client, cast.person("chief", "office")).get(MINE).context["lead"]


def test_who_did_much_of_the_latest_sees_as_many_acts_of_others_as_all_do(student, offering):
    """Else the card of who works most says least: their own acts are left out of what is shared."""
    board, others = board_of_course(offering=offering), cast.person("other", "office")
    for _time in range(10):
        cast.thread(others, board, title="Untuk semua")
    for _time in range(8):
        cast.thread(student, board)
    for _time in range(10):
        cast.thread(others, board, title="Rahasia", is_private=True)
    kind, mine = type(offering), [offering.pk]
    for words in ((), ("a word",)):
        found = activity.latest(student, kind, mine, number=6, words=words)
        assert [(one.who, one.title) for one in found] == [(others.name, "Untuk semua")] * 6


def test_what_was_closed_to_me_leaves_my_page(client, student, offering):
    board = board_of_course(offering=offering)
    cast.answer(student, cast.thread(cast.person("boss", "office"), board, title="Rahasia"))
    ClassMember.objects.all().delete()
    html = enter(client, student).get(MINE).text
    assert "Rahasia" not in html
    assert "Belum ada" in html


def test_office_sees_its_role_changes_and_promotions(client, student, offering):
    boss = cast.person("boss", "super_admin")
    later = make.TermFactory(
        year=make.AcademicYearFactory(first_year=offering.term.year.first_year + 1)
    )
    other = cast.person("other", name="Oki Orang")
    change_account(user_id=other.pk, changes={"role": Role.LECTURER}, by=boss.pk)
    promotion.promote(offering.term.pk, later.pk, by=By(boss.pk))
    assert lines(enter(client, boss).get(MINE)) == [
        (boss.name, "menaikkan mahasiswa ke", str(later)),
        (boss.name, "mengubah hak", "Oki Orang"),
    ]


def test_reply_rebuilds_no_home_page_of_others(student, offering, monkeypatch):
    bumped = []
    thread = cast.thread(cast.person("boss", "office"), board_of_course(offering=offering))
    monkeypatch.setattr("isme.lib.versions.bump", bumped.append)
    cast.answer(student, thread)
    assert bumped == []
    assert len(activity.of_person(student.pk)) == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_cost_the_same_for_any_length(
    client, student, offering, rows, django_assert_num_queries
):
    thread = cast.thread(student, board_of_course(offering=offering))
    for _number in range(rows):
        cast.answer(student, thread)
    enter(client, student).get("/dashboard/")
    with django_assert_num_queries(3):  # count, rows, threads that I may see
        client.get(MINE)
    with django_assert_num_queries(6):  # course, terms, membership, count, rows, threads
        client.get(f"{offering.course.get_absolute_url()}activity/")
