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
