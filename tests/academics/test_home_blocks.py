"""Home pages say what to do next, and every figure equals a direct count."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from academics.choices import STRUCTURE, CourseKind, GroupKind, TeachingKind
from academics.models import ClassMember, Course, GroupMember
from academics.selectors import home, places
from academics.selectors.gaps import incomplete_offerings
from academics.selectors.terms import Running
from accounts.choices import Role
from isme.lib import versions
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.queries import with_known_term

pytestmark = pytest.mark.django_db
HOME = "/dashboard/"
WEEK = dt.timedelta(days=7)


@pytest.fixture
def term():
    today = timezone.localdate()
    return make.TermFactory(
        year__is_active=True, is_active=True, starts_on=today - 8 * WEEK, ends_on=today + 8 * WEEK
    )


def offering(term, *, weeks_ago=2, weeks=4, **course):
    first = timezone.localdate() - weeks_ago * WEEK
    return make.CourseOfferingFactory(
        course=make.CourseFactory(**course),
        term=term,
        starts_on=first,
        ends_on=first + weeks * WEEK - dt.timedelta(days=1),
    )


def seat(profile, of):
    room = make.ClassFactory(offering=of)
    ClassMember.objects.create(course_class=room, student=profile, offering=of)
    return room


def test_student_sees_the_block_that_runs_today_first(term):
    me = make.StudentFactory()
    csr = offering(term, name="Pemeriksaan fisik", kind=CourseKind.CSR)
    block = offering(term, name="Kardiovaskular", kind=CourseKind.BLOCK, block_no=2)
    over = offering(term, weeks_ago=6, name="Blok lama")
    later = offering(term, weeks_ago=-2, name="Blok nanti")
    for one in (csr, block, over, later):
        seat(me, one)
    taken = home.taken(places.read(me.pk))
    found = home.running_now(taken.offerings, timezone.localdate())
    assert [row.offering for row in found] == [block, csr]
    assert (found[0].week, found[0].weeks) == (3, 4)


def test_ring_of_another_course_says_of_what_its_figure_is(client, term):
    """Else a bare 3 in it may be a week, a mark or a place in a list."""
    me = make.StudentFactory(user=make_user("siswa"))
    seat(me, offering(term, kind=CourseKind.BLOCK, block_no=2))
    seat(me, offering(term, kind=CourseKind.CSR))
    tile = enter(client, me.user).get(HOME).text.split('id="others-title"')[1]
    assert "<b>50%</b>" in tile.split("</section>")[0]


@pytest.mark.parametrize(
    ("days", "week", "percent"), [(0, 1, 0), (6, 1, 21), (7, 2, 25), (27, 4, 96), (28, 4, 100)]
)
def test_week_counts_from_the_first_day(term, days, week, percent):
    """The ring is full when the course is over, not when its last week begins."""
    row = offering(term, weeks_ago=0)
    found = home.running(row, row.starts_on + dt.timedelta(days=days))
    assert (found.week, found.percent) == (week, percent)


def test_week_of_a_course_is_the_week_of_its_term(term):
    """Else the home says week 15 of 16 where the card of the term says 15 of 23, of the same day."""
    row = make.CourseOfferingFactory(term=term, weeks=16)
    today = row.starts_on + 14 * WEEK
    found, of_term = home.running(row, today), Running("odd", "", term.starts_on, term.ends_on)
    assert (found.week, found.weeks) == (of_term.week_on(today), of_term.weeks)


@pytest.mark.parametrize(
    ("weeks_ago", "said"), [(6, "Berakhir "), (2, "Minggu 3 dari 4"), (-2, "Mulai ")]
)
def test_lecturer_reads_what_is_over_and_what_is_to_come(client, term, weeks_ago, said):
    """Else a block that ended two months ago stands there as "week 5 of 5"."""
    user = make_user("pengajar", Role.LECTURER)
    make.TeachingRoleFactory(
        offering=offering(term, weeks_ago=weeks_ago), lecturer=make.LecturerFactory(user=user)
    )
    page = enter(client, user).get(HOME).text
    card = " ".join(page.split('id="teaching-title"')[1].split("</section>")[0].split())
    assert said in card
    assert ("Minggu" in card) is said.startswith("Minggu")


def test_another_student_sees_nothing_of_it(term):
    seat(make.StudentFactory(), offering(term))
    stranger = make.StudentFactory()
    taken = home.taken(places.read(stranger.pk))
    assert taken == home.Taken((), (), ())
    assert home.running_now(taken.offerings, timezone.localdate()) == []
    assert home.places(*taken.places) == {"classes": [], "groups": []}


def test_places_count_each_person_once(term):
    of = offering(term)
    room = make.ClassFactory(offering=of)
    people = [make.StudentFactory() for _number in range(3)]
    for one in people:
        ClassMember.objects.create(course_class=room, student=one, offering=of)
    (found,) = home.places(*home.taken(places.read(people[0].pk)).places)["classes"]
    assert found.people == 3


def test_lecturer_owes_what_is_missing_and_only_what_is_theirs(term):
    lecturer = make.LecturerFactory()
    mine, team, taught = (offering(term) for _number in range(3))
    for one, kind in (
        (mine, TeachingKind.COORDINATOR),
        (team, TeachingKind.TEAM),
        (taught, TeachingKind.TEACHER),
    ):
        make.TeachingRoleFactory(offering=one, lecturer=lecturer, kind=kind)
    owed = {
        row["offering"]: (row["syllabus"], row["material"])
        for row in home.lecturer_owes(lecturer.pk)
    }
    assert owed == {mine: (True, True), team: (False, True)}


def test_gaps_equal_direct_counts(term):
    complete = offering(term)
    make.TeachingRoleFactory(offering=complete, kind=TeachingKind.COORDINATOR)
    make.ClassFactory(offering=complete)
    offering(term)
    placed, _free = make.StudentFactory(), make.StudentFactory()
    group = make.LargeGroupFactory(term=term)
    small = make.SmallGroupFactory(term=term, parent=group)
    GroupMember.objects.create(group=small, student=placed, term=term, kind=GroupKind.SMALL)
    found = home.office_gaps()
    assert abs(found.pop("at") - time.time()) < 60
    assert found == {
        "coordinator": 1,
        "syllabus": 2,
        "classes": 1,
        "groupless": 1,
        "terms": 1,
    }
    assert set(incomplete_offerings()) == set(term.offerings.all())


def test_figures_equal_direct_counts(term):
    for _number in range(3):
        make.ClassFactory(offering=offering(term))
    make.RoomFactory()
    make.StudentFactory()
    figures = {row["name"]: row["now"] for row in home.faculty_figures()}
    assert figures == {
        "courses": Course.objects.count(),
        "classes": 3,
        "rooms": 1,
        "lecturers": 0,
        "students": 1,
    }
    trend = next(row["trend"] for row in home.faculty_figures() if row["name"] == "courses")
    assert trend == [3]


@pytest.mark.parametrize("role", [Role.STUDENT, Role.LECTURER, Role.OFFICE, Role.SUPER_ADMIN])
def test_cold_home_page_costs_few_queries_and_a_warm_one_none(
    client, term, role, django_assert_num_queries, django_assert_max_num_queries
):
    """Performance of the issue: cold <= 15 queries, warm none."""
    enter(client, make_user("someone", role=role))
    with_known_term()
    with django_assert_max_num_queries(15):
        assert client.get(HOME).status_code == 200
    with django_assert_num_queries(0):
        assert client.get(HOME).status_code == 200


def test_lecturer_finds_the_classes_they_teach(client, term, django_capture_on_commit_callbacks):
    """Else who teaches looks through the list of the whole faculty for where to go."""
    user = make_user("pengajar", Role.LECTURER)
    lecturer = make.LecturerFactory(user=user)
    mine, other = (
        make.ClassFactory(offering=offering(term), name=n) for n in ("Kelas Saya", "X9")
    )
    for number in range(2):
        make.ClassMemberFactory(course_class=mine, student__user__username=f"s{number}")
    page = enter(client, user).get(HOME).text
    assert 'id="classes-title"' not in page, "nothing to show"
    make.TeachingRoleFactory(offering=mine.offering, lecturer=lecturer)
    with django_capture_on_commit_callbacks(execute=True):
        versions.bump(STRUCTURE)
    page = client.get(HOME).text
    card = page.split('id="classes-title"')[1].split("</section>")[0]
    assert f'href="/classes/{mine.pk}/"' in card
    assert "Kelas Saya, 2 orang" in " ".join(card.split())
    assert f"/classes/{other.pk}/" not in card
