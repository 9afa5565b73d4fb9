"""Opening a course in a term: each refusal stands at its field, in words of people."""

import datetime as dt

import pytest

from academics.models import CourseOffering
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return enter(client, make_user("kantor", role="office"))


@pytest.fixture
def term():
    return make.TermFactory(starts_on=dt.date(2026, 8, 24), ends_on=dt.date(2027, 1, 29))


def opened(office, term, **data):
    course = make.CourseFactory()
    data = {"starts_on": "2026-08-24", "ends_on": "2026-09-25", "weeks": "", **data}
    return office.post(f"/courses/{course.code}/open/", {"term": term.pk, **data})


@pytest.mark.parametrize(
    ("weeks", "is_kept"), [("", True), ("5", True), ("6", False), ("40", False)]
)
def test_weeks_fit_between_first_and_last_day(office, term, weeks, is_kept):
    """Else a block of five days is said to last 40 weeks."""
    response = opened(office, term, weeks=weeks)
    assert (response.status_code == 302) is is_kept
    assert CourseOffering.objects.exists() is is_kept
    if not is_kept:
        assert "hanya ada sekian minggu: 5" in response.context["form"].errors["weeks"][0]


def test_teaching_weeks_are_explained_and_shown(office, term):
    """Else nobody knows whether the weeks of the calendar are meant, or sees what was typed."""
    page = office.get(f"/courses/{make.CourseFactory().code}/open/").text
    assert "yang diisi kuliah" in page
    response = opened(office, term, ends_on="2027-01-29", weeks="16")
    facts = " ".join(office.get(response["Location"]).text.split())
    assert "<dt>Minggu kuliah</dt> <dd>16</dd>" in facts


@pytest.mark.parametrize(
    ("days", "field", "said"),
    [
        (("2026-08-24", "2027-02-28"), "ends_on", "24 Agustus 2026 sampai 29 Januari 2027"),
        (("2026-08-01", "2026-09-25"), "starts_on", "24 Agustus 2026 sampai 29 Januari 2027"),
        (("2026-09-25", "2026-08-24"), "ends_on", "Hari terakhir harus setelah hari pertama"),
    ],
)
def test_wrong_day_is_refused_at_its_field_in_words(office, term, days, field, said):
    """Else the first day is called wrong for a last day too late, in the dates of a machine."""
    errors = opened(office, term, starts_on=days[0], ends_on=days[1]).context["form"].errors
    assert set(errors) == {field}
    assert said in errors[field][0]


def test_two_wrong_days_are_both_said(office, term):
    """Else the office mends one day, and is refused again for the other."""
    response = opened(office, term, starts_on="2026-08-01", ends_on="2027-02-28", weeks="60")
    assert set(response.context["form"].errors) == {"starts_on", "ends_on", "weeks"}
    response = opened(office, term, ends_on="2027-02-28", weeks="500")
    assert set(response.context["form"].errors) == {"ends_on", "weeks"}
    assert "offering_weeks" not in response.text, "no name out of the database"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, {"code", "block_no", "expertises"}),
        ({"block_no": "1"}, {"code", "expertises"}),
        ({"block_no": "1", "expertises": "Anatomi"}, {"code"}),
        ({"kind": "", "name": ""}, {"code", "kind", "name", "expertises"}),
        ({"kind": "csr", "level": ""}, {"code", "level"}),
        ({"code": "a b", "curriculum_year": "24"}, {"code", "curriculum_year", "block_no", "expertises"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_course_is_said_at_once(office, changes, fields):
    """Else the office sends the form three times, and learns each time of one thing more."""
    make.CourseFactory(code="MKB24101")
    data = {"code": "mkb24101", "name": "Blok", "kind": "block", "level": "1", "block_no": ""}
    data |= {"curriculum_year": "2024", "credits": "", "curriculum_roles": "", "expertises": ""}
    response = office.post("/courses/new/", {**data, **changes})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == fields
