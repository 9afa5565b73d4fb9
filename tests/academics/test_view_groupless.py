"""The students whom the office's home counts as without a group, by name."""

import pytest

from academics.choices import GroupKind
from accounts.models import User
from accounts.services.accounts import PEOPLE
from isme.lib import versions
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.queries import page_queries

pytestmark = pytest.mark.django_db
ADDRESS = "/groups/without/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(client):
    return enter(client, make_user("kantor", role="office"))


@pytest.fixture
def large():
    """The large group of the active term."""
    term = make.TermFactory(is_active=True, year__is_active=True)
    return make.LargeGroupFactory(term=term)


def named(name, **profile):
    student = make.StudentFactory(**profile)
    User.objects.filter(pk=student.pk).update(name=name)
    return student


def card(office):
    return office.get("/dashboard/").text.split(f'href="{ADDRESS}"')[1].split("</a>")[0]


def shown(response):
    return [student.user.name for student in response.context["listing"].page]


def test_card_leads_to_those_whom_it_counts(office, large):
    """Else the office looks through every group for the two who are in none."""
    small = make.SmallGroupFactory(parent=large)
    placed, waits = named("Ada Tempat"), named("Belum Dibagi")
    named("Sedang Cuti", status="inactive")
    named("Baru Sekali")
    for group, student in ((large, placed), (small, placed), (large, waits)):
        make.GroupMemberFactory(group=group, student=student)
    assert "<b>2</b>" in card(office)
    assert "Dihitung pukul" in office.get("/dashboard/").text
    page = office.get(ADDRESS)
    assert shown(page) == ["Baru Sekali", "Belum Dibagi"]
    assert f'href="/groups/{large.pk}/"' in page.text
    assert shown(office.get(ADDRESS, {"q": "belum"}, headers=HTMX)) == ["Belum Dibagi"]


def test_card_counts_anew_when_somebody_leaves(office, large, django_capture_on_commit_callbacks):
    """Else it says for minutes that two wait, and the list has one."""
    first, _second = make.StudentFactory.create_batch(2)
    assert "<b>2</b>" in card(office)
    with django_capture_on_commit_callbacks(execute=True):
        type(first).objects.filter(pk=first.pk).update(status="left")
        versions.bump(PEOPLE)
    assert "<b>1</b>" in card(office)


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_query_budget(office, large, rows):
    for student in make.StudentFactory.create_batch(rows):
        make.GroupMemberFactory(group=large, student=student, kind=GroupKind.LARGE)
    office.get("/dashboard/")  # warm
    with page_queries(3):  # rows, numbers, large groups
        response = office.get(ADDRESS, {"per_page": "100"}, headers=HTMX)
    assert len(shown(response)) == rows
