"""Years, terms and courses in them."""

import datetime as dt
import re

import pytest
import time_machine

from academics.choices import CourseKind, TeachingKind, TermKind
from academics.errors import AcademicsError, FieldError, InUse, Outdated
from academics.models import AcademicYear, CourseOffering, Term
from academics.selectors.terms import chosen_term, current_term, term_choices
from academics.services import courses, promotion, rows, teaching, terms
from academics.services.expertise import expertise_named
from academics.services.rows import By
from accounts.models import User
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


def test_year_comes_with_its_terms(by):
    year = terms.create_year(2030, by=by)
    assert sorted(year.terms.values_list("kind", flat=True)) == ["even", "odd"]
    assert not Term.objects.filter(is_active=True).exists()
    with pytest.raises(FieldError):
        terms.create_year(2030, by=by)
    terms.add_short_term(year.pk, by=by)
    with pytest.raises(AcademicsError):
        terms.add_short_term(year.pk, by=by)
    assert year.terms.count() == 3


@pytest.mark.parametrize(
    ("today", "kind"),
    [("2030-07-01", "odd"), ("2030-11-30", "odd"), ("2031-02-03", "even"), ("2035-01-01", "even")],
)
def test_before_any_term_is_active_the_one_of_today_is_offered(by, today, kind):
    """Else a new faculty makes its groups of September in the term that begins in February."""
    year = terms.create_year(2030, by=by)
    with time_machine.travel(f"{today} 10:00 +0700", tick=False):
        assert chosen_term("", term_choices()).kind == kind
    terms.activate(year.terms.get(kind="odd").pk, by=by)
    assert chosen_term("", term_choices()).kind == "odd"


def test_promoting_from_nothing_says_why_not(client, by):
    """Else the office presses the button again and again."""
    enter(client, User.objects.get(pk=by.user_id))
    even = terms.create_year(2030, by=by).terms.get(kind="even")
    page = client.get(f"/terms/{even.pk}/promote/", follow=True)
    assert "Belum ada semester aktif" in page.text
    assert "naikkan dulu" not in client.get(f"/terms/{even.pk}/activate/").text
    assert "Begini sebuah tahun dimulai" in client.get("/dashboard/").text


def test_activation_leaves_one_active(by):
    first, second = terms.create_year(2030, by=by), terms.create_year(2031, by=by)
    for term in Term.objects.order_by("starts_on"):
        terms.activate(term.pk, by=by)
        terms.activate(term.pk, by=by)
        assert current_term() == term
        assert AcademicYear.objects.get(is_active=True).pk == term.year_id
    with pytest.raises(AcademicsError):
        terms.delete_year(second, by=by)
    terms.delete_year(first, by=by)
    assert Term.objects.count() == 2


def test_term_keeps_its_courses_within(by):
    offering = make.CourseOfferingFactory()
    term = offering.term
    term.starts_on += dt.timedelta(days=1)
    with pytest.raises(FieldError):
        terms.save_term(term, version=1, by=by)
    term.refresh_from_db()
    with pytest.raises(Outdated):
        terms.save_term(term, version=7, by=by)


def test_blocks_of_a_level_do_not_overlap(by):
    term = make.TermFactory()
    made = [
        make.CourseFactory(kind=CourseKind.BLOCK, block_no=number, level=1) for number in (1, 2)
    ]
    other_level = make.CourseFactory(kind=CourseKind.BLOCK, block_no=1, level=3)
    days = {"starts_on": term.starts_on, "ends_on": term.starts_on + dt.timedelta(days=27)}
    for course in (made[0], other_level):
        courses.save_offering(CourseOffering(course=course, term=term, **days), by=by)
    with pytest.raises(FieldError) as refusal:
        courses.save_offering(CourseOffering(course=made[1], term=term, **days), by=by)
    assert set(refusal.value.errors) == {"starts_on"}
    assert CourseOffering.objects.count() == 2


def test_open_many_courses_at_once(by):
    term = make.TermFactory()
    ids = [
        make.CourseFactory(kind=CourseKind.BLOCK, block_no=number, level=1).pk
        for number in (1, 2, 3, 4)
    ]
    ids.append(make.CourseFactory(level=1).pk)
    assert courses.open_courses(term, course_ids=ids, by=by) == 5
    assert courses.open_courses(term, course_ids=ids, by=by) == 0
    assert term.offerings.count() == 5


@pytest.mark.parametrize(
    ("changes", "expertises", "field"),
    [
        ({"code": "a b"}, ["X"], "code"),
        ({"kind": "block"}, ["X"], "block_no"),
        ({"block_no": 1}, ["X"], "block_no"),
        ({"kind": "csr", "level": None}, [], "level"),
        ({}, [], "expertises"),
        ({"level": None}, ["X"], "expertises"),
    ],
)
def test_course_that_breaks_a_rule(by, changes, expertises, field):
    course = make.CourseFactory.build(**changes)
    with pytest.raises(FieldError) as refusal:
        courses.save_course(course, expertises=expertises, by=by)
    assert set(refusal.value.errors) == {field}


def test_lecturer_needs_what_the_course_asks_for(by):
    course = make.CourseFactory.build()
    courses.save_course(course, expertises=["Kardiologi", "kardiologi"], by=by)
    offering = make.CourseOfferingFactory(course=course)
    lecturer = make.LecturerFactory()
    role = make.TeachingRoleFactory.build(
        offering=offering, lecturer=lecturer, kind=TeachingKind.COORDINATOR
    )
    with pytest.raises(FieldError):
        teaching.give_role(role, by=by)
    lecturer.expertise_rows.create(expertise=expertise_named("KARDIOLOGI"))
    teaching.give_role(role, by=by)
    second = make.LecturerFactory()
    second.expertise_rows.create(expertise=expertise_named("Kardiologi"))
    rival = make.TeachingRoleFactory.build(
        offering=offering, lecturer=second, kind=TeachingKind.COORDINATOR
    )
    with pytest.raises(FieldError) as refusal:
        teaching.give_role(rival, by=by)
    assert set(refusal.value.errors) == {"kind"}
    standby = make.LecturerFactory(main_role="standby")
    idle = make.TeachingRoleFactory.build(offering=offering, lecturer=standby)
    with pytest.raises(FieldError):
        teaching.give_role(idle, by=by)


def test_used_rows_stay(by):
    offering = make.CourseOfferingFactory(term=make.TermFactory(kind=TermKind.ODD))
    with pytest.raises(InUse) as refusal:
        rows.delete(offering.course, by=by)
    assert "penyelenggaraan mata kuliah" in str(refusal.value)
    assert CourseOffering.objects.exists()


@pytest.fixture
def four_terms(by):
    """Four terms, of which the second is active: past, now, next and a later one."""
    for year in (2030, 2031):
        terms.create_year(year, by=by)
    found = list(Term.objects.order_by("starts_on"))
    terms.activate(found[1].pk, by=by)
    return found


def promoted_into(page):
    """The ids of the terms into which a page offers to promote."""
    return [int(pk) for pk in re.findall(r'href="/terms/(\d+)/promote/"', page)]


def test_promotion_is_offered_only_where_it_can_succeed(client, by, four_terms):
    """Else the office reads a full preview of a step back, and is refused after it."""
    enter(client, User.objects.get(pk=by.user_id))
    past, now, following, later = four_terms
    assert set(promoted_into(client.get("/terms/").text)) == {following.pk, later.pk}
    assert promoted_into(client.get(f"/terms/{past.pk}/activate/").text) == []
    assert promoted_into(client.get(f"/terms/{following.pk}/activate/").text) == [following.pk]
    refused = client.get(f"/terms/{past.pk}/promote/", follow=True)
    assert refused.redirect_chain == [("/terms/", 302)]
    assert "ke semester sesudahnya" in refused.text
    promotion.promote(now.pk, following.pk, by=by)
    assert promoted_into(client.get("/terms/").text) == []
    assert promoted_into(client.get(f"/terms/{later.pk}/activate/").text) == []
    page = client.get(f"/terms/{later.pk}/promote/").text
    assert "dari atau ke salah satu semester" in page
    assert "Naikkan semester studi mahasiswa</button>" not in page


@pytest.mark.parametrize(("today", "warns"), [("2031-05-01", True), ("2031-07-20", False)])
def test_term_that_still_lasts_is_said_before_the_next_begins(
    client, by, four_terms, today, warns
):
    """Else a click in the middle of the term moves a thousand students up."""
    following = four_terms[2]
    with time_machine.travel(f"{today} 10:00 +0700", tick=False):
        enter(client, User.objects.get(pk=by.user_id))
        for act in ("promote", "activate"):
            page = client.get(f"/terms/{following.pk}/{act}/").text
            assert ("masih berlangsung sampai 15 Juli 2031" in page) is warns, act
