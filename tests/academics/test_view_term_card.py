"""The card at the foot of the sidebar: the active term, and which of its weeks today is."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from academics.models import AcademicYear, Term
from academics.selectors import terms as selectors
from academics.selectors.terms import Running
from academics.services import terms
from academics.services.rows import By
from academics.views import term_card
from isme.lib.redis import RedisAway, evictable
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db
WAYS = ["/accounts/profile/", "/dashboard/", "/rooms/"]  # plain, kept for one, shared by many


@pytest.fixture
def odd() -> Term:
    """The active one, in its twelfth week of twenty."""
    year = AcademicYear.objects.create(first_year=2026, is_active=True)
    today = timezone.localdate()
    starts_on = today - dt.timedelta(days=7 * 11 + 3)
    ends_on = starts_on + dt.timedelta(days=7 * 20 - 1)
    return Term.objects.create(
        year=year, kind="odd", starts_on=starts_on, ends_on=ends_on, is_active=True
    )


def card(page: str) -> str:
    """The words of the card; "" where there is none."""
    _before, found, rest = page.partition('class="term"')
    return " ".join(rest.partition("</div>")[0].split()) if found else ""


@pytest.mark.parametrize("path", WAYS)
def test_every_page_says_which_week_it_is(client: Client, odd: Term, path):
    """Else people count weeks in a calendar of paper to know which lesson comes."""
    enter(client, make_user())
    page = client.get(path).text
    assert "Ganjil 2026/2027" in card(page)
    assert "Minggu 12 dari 20" in card(page)
    assert page.index('class="term"') < page.index("</aside>")
    client.cookies["lang"] = "en"
    assert "Week 12 of 20" in card(client.get(path).text)


@pytest.mark.parametrize("path", WAYS)
def test_card_costs_a_warm_page_no_query(client: Client, odd: Term, path):
    """Else every page of a thousand people asks the database for what changes twice a year."""
    enter(client, make_user())
    assert card(client.get(path).text)
    with CaptureQueriesContext(connection) as found:
        assert card(client.get(path).text)
    asked = [query["sql"].replace("`", "") for query in found]
    assert [sql for sql in asked if " FROM academics_term " in sql] == []


@pytest.mark.parametrize("path", WAYS)
def test_next_term_is_shown_once_it_is_active(
    client, odd, path, django_capture_on_commit_callbacks
):
    """Else half of the faculty plans by a term that is over, until the servers start anew."""
    office = make_user(role="office")
    enter(client, office)
    assert "Ganjil" in card(client.get(path).text)
    even = Term.objects.create(
        year=odd.year, kind="even", starts_on=dt.date(2098, 2, 2), ends_on=dt.date(2098, 6, 1)
    )
    with django_capture_on_commit_callbacks(execute=True):
        terms.activate(even.pk, by=By(office.pk))
    assert "Genap 2026/2027" in card(client.get(path).text)
    assert "Mulai 2 Februari 2098" in card(client.get(path).text)


@pytest.mark.parametrize("path", WAYS)
def test_the_week_turns_with_the_day(client: Client, odd: Term, path, monkeypatch):
    """Else a browser that was here yesterday is told that nothing changed."""
    enter(client, make_user())
    client.get(path)  # the first one brings the csrf cookie, without which there is no tag
    first = client.get(path)
    assert "Minggu 12" in card(first.text)
    tag = first.headers.get("ETag", "")
    assert tag or path == "/accounts/profile/"
    day = timezone.localdate() + dt.timedelta(days=4)
    monkeypatch.setattr(term_card.timezone, "localdate", lambda *_args: day)
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert "Minggu 13" in card(again.text)


def test_weeks_are_counted_from_the_first_day():
    term = Running("odd", "2026/2027", dt.date(2026, 8, 12), dt.date(2026, 8, 26))
    weeks = {day: term.week_on(dt.date(2026, 8, day)) for day in (11, 12, 18, 19, 26)}
    assert weeks == {11: 0, 12: 1, 18: 1, 19: 2, 26: 3}
    assert term.weeks == 3


def test_a_term_that_is_over_says_so(client: Client, odd: Term):
    """Else the bar shows week 25 of 20."""
    Term.objects.update(starts_on=dt.date(2025, 8, 1), ends_on=dt.date(2026, 1, 31))
    enter(client, make_user())
    assert "Berakhir 31 Januari 2026" in card(client.get("/accounts/profile/").text)


def test_without_an_active_term_there_is_no_card(client: Client):
    assert card(enter(client, make_user()).get("/accounts/profile/").text) == ""


def test_card_is_there_while_the_cache_is_away(client: Client, odd: Term, monkeypatch):
    """Else the day on which Redis dies takes more from the page than it must."""
    enter(client, make_user())

    def away(*_args: object, **_kwargs: object) -> None:
        raise RedisAway("stopped by the test")

    selectors._running.cache_clear()  # of a test that had another term in this minute
    monkeypatch.setattr(evictable, "ask", away)
    assert "Minggu 12" in card(client.get("/accounts/profile/").text)
