"""The days of a term can be true, and what was typed by mistake can be taken away."""

import datetime as dt

import pytest

from academics.choices import TermKind
from academics.errors import AcademicsError, FieldError, InUse
from academics.models import AcademicYear, Term
from academics.services import terms
from academics.services.rows import By
from accounts.models import User
from isme.lib import audit
from isme.lib.models import Job
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return By(make_user("office1", role="office").pk)


@pytest.fixture
def year(by):
    return terms.create_year(2026, by=by)


def dated(client, term, first, last):
    return client.post(
        f"/terms/{term.pk}/edit/", {"starts_on": first, "ends_on": last, "version": term.version}
    )


@pytest.mark.parametrize(
    ("kind", "days", "fields"),
    [
        ("odd", ("2026-08-24", "2027-01-29"), set()),
        ("odd", ("2026-07-01", "2027-01-31"), set()),
        ("odd", ("2025-09-01", "2026-12-20"), {"starts_on"}),
        ("odd", ("2019-09-01", "2019-10-01"), {"starts_on", "ends_on"}),
        ("odd", ("2026-08-24", "2027-02-01"), {"ends_on"}),
        ("odd", ("2027-07-16", "2027-08-20"), {"starts_on"}),
        ("odd", ("2026-08-24", "2026-08-20"), {"ends_on"}),
        ("even", ("2027-01-31", "2027-07-15"), {"starts_on"}),
        ("even", ("2026-07-01", "2026-08-01"), {"starts_on"}),
    ],
)
def test_impossible_days_are_refused_at_their_fields(client, year, kind, days, fields):
    """Else the odd term of 2019/2020 lies in 2026, over the active one and after its even one."""
    enter(client, make_user("office2", role="office"))
    term = year.terms.get(kind=kind)
    response = dated(client, term, *days)
    assert response.status_code == (422 if fields else 302)
    term.refresh_from_db()
    is_kept = (term.starts_on.isoformat(), term.ends_on.isoformat()) == days
    assert is_kept is not bool(fields)
    if fields:
        assert set(response.context["form"].errors) == fields


def test_refusal_names_the_other_term_and_its_days(client, by, year):
    """Else the office looks through all terms for the one that is in the way."""
    enter(client, User.objects.get(pk=by.user_id))
    odd = year.terms.get(kind="odd")
    page = dated(client, odd, "2026-08-15", "2027-03-01").text
    assert "Genap 2026/2027" in page
    assert "1 Februari 2027 sampai 15 Juli 2027" in page


def test_days_that_were_kept_before_the_rule_stay_valid(by, year):
    """Else a term of a year with a late start can't be saved any more."""
    Term.objects.filter(pk=year.terms.get(kind="even").pk).update(ends_on=dt.date(2027, 10, 1))
    even = year.terms.get(kind="even")
    saved = terms.save_term(even, version=even.version, by=by)
    assert (saved.ends_on, saved.version) == (dt.date(2027, 10, 1), even.version)
    saved.ends_on = dt.date(2027, 10, 2)
    with pytest.raises(FieldError):
        terms.save_term(saved, version=saved.version, by=by)


def test_new_terms_take_only_free_days(by, year):
    """Else a short term begins while the even one still lasts, and can't be corrected alone."""
    even = year.terms.get(kind="even")
    Term.objects.filter(pk=even.pk).update(ends_on=dt.date(2027, 7, 23))
    short = terms.add_short_term(year.pk, by=by)
    assert (short.starts_on, short.ends_on) == (dt.date(2027, 7, 24), dt.date(2027, 8, 14))
    Term.objects.filter(pk=short.pk).update(ends_on=dt.date(2027, 8, 20))
    later = terms.create_year(2027, by=by).terms.get(kind="odd")
    assert later.starts_on == dt.date(2027, 8, 21)


def test_mistyped_year_is_taken_away(client, by):
    """Else a wrong digit stands in every filter for ever."""
    enter(client, User.objects.get(pk=by.user_id))
    mistyped, active = terms.create_year(2019, by=by), terms.create_year(2026, by=by)
    terms.activate(active.terms.get(kind="odd").pk, by=by)
    for kind in ("odd", "even"):
        page = client.get(f"/terms/{active.terms.get(kind=kind).pk}/edit/").text
        assert "/delete/" not in page, "the active year stays"
    term = mistyped.terms.get(kind="even")
    address = f"/terms/years/{mistyped.pk}/delete/"
    assert f'href="{address}"' in client.get(f"/terms/{term.pk}/edit/").text
    assert "Ganjil, Genap" in client.get(address).text
    client.post(address)
    assert list(AcademicYear.objects.all()) == [active]
    entries = Job.objects.filter(kind=audit.APPEND, payload__verb__endswith=".deleted")
    verbs = [job.payload["verb"] for job in entries.order_by("pk")]
    assert verbs == ["term.deleted", "term.deleted", "academicyear.deleted"]
    client.post(f"/terms/years/{active.pk}/delete/")
    assert Term.objects.count() == 2


def test_year_that_is_used_stays_whole(by):
    """Else its courses lose the half of their year."""
    year = terms.create_year(2019, by=by)
    make.CourseOfferingFactory(term=year.terms.get(kind="even"))
    with pytest.raises(InUse):
        terms.delete_year(year, by=by)
    assert year.terms.count() == 2


def test_year_gets_its_short_term_by_a_button(client, by, year):
    """Else nobody finds how a short term comes to be."""
    enter(client, User.objects.get(pk=by.user_id))
    terms.create_year(2019, by=by)
    ways = {term.kind: f'action="/terms/{term.pk}/short/"' for term in year.terms.all()}
    page = client.get("/terms/").text
    assert [kind for kind, way in ways.items() if way in page] == [TermKind.EVEN]
    client.post(f"/terms/{year.terms.get(kind='even').pk}/short/", {"idempotency_key": "a" * 30})
    assert year.terms.filter(kind=TermKind.SHORT).count() == 1
    assert "/short/" not in client.get("/terms/").text


def test_short_term_goes_alone(client, by, year):
    """Else a year has a short term that nobody gives."""
    enter(client, User.objects.get(pk=by.user_id))
    short = terms.add_short_term(year.pk, by=by)
    address = f"/terms/{short.pk}/delete/"
    assert f'href="{address}"' in client.get(f"/terms/{short.pk}/edit/").text
    client.post(address)
    assert not Term.objects.filter(kind=TermKind.SHORT).exists()
    odd = year.terms.get(kind="odd")
    assert client.post(f"/terms/{odd.pk}/delete/").status_code == 404
    with pytest.raises(AcademicsError):
        terms.delete_short_term(odd, by=by)
    assert year.terms.count() == 2


def test_active_short_term_stays(by, year):
    short = terms.add_short_term(year.pk, by=by)
    terms.activate(short.pk, by=by)
    with pytest.raises(AcademicsError):
        terms.delete_short_term(short, by=by)
    with pytest.raises(FieldError):
        terms.create_year(2026, by=by)
