"""The list of people and the page of one: quick, findable, and only for staff."""

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from accounts import among
from accounts.among import Among
from accounts.models import SignInSession, User
from accounts.selectors import people_list
from accounts.services import audit as trail
from accounts.services import people, search_words
from accounts.services.accounts import PEOPLE
from accounts.services.people import PersonFacts
from accounts.session import presence
from isme.lib import versions
from isme.lib.audit import Origin
from isme.lib.models import Job
from isme.lib.redis import evictable
from isme.lib.timing import Cost, _current
from tests.conftest import enter, make_user

LIST = "/accounts/users/"
PAGE_QUERIES = 4  # keys, rows, identifiers; who is on
FRAGMENT_QUERIES = 3
SEARCH_QUERIES = FRAGMENT_QUERIES + 1  # how frequent the first word is
# Person, count and rows of the history, identifiers with profile; entry and groups of academics.
PERSON_QUERIES = 6
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(client: Client) -> Client:
    return enter(client, make_user("ratna", role="office"))


def found(client: Client, query: str) -> list[str]:
    return [person.name for person in client.get(LIST + query).context["rows"]]


def add(name: str, nim: str, **profile: object) -> User:
    boss = User(role="super_admin")
    facts = PersonFacts(
        name=name,
        role="student",
        identifiers={"nim": nim, "email": f"{nim}@isme.example"},
        profile={"intake_year": 2026, "level": 1, "status": "active", "gender": "male"} | profile,
    )
    return people.create_person(facts=facts, actor=boss, origin=Origin())


def versions_bumped() -> None:
    """What the commit does, which a test's own transaction never comes to."""
    evictable.client.set(versions.key(PEOPLE), versions.fresh())


@pytest.fixture
def three(office: Client) -> list[User]:
    names = ["Bagas Pratama", "Citra Pratiwi", "dr. José Bagaskara, Sp.PD"]
    return [add(name, f"20261010000{number}") for number, name in enumerate(names, 10)]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("headers", "queries"), [({}, PAGE_QUERIES), (HTMX, FRAGMENT_QUERIES)], ids=["page", "htmx"]
)
def test_list_query_budget(office, django_assert_num_queries, rows, headers, queries):
    for number in range(rows):
        add(f"Student {number}", f"2026101000{number:03}")
    office.get(LIST)
    with django_assert_num_queries(queries):
        response = office.get(LIST + "?role=student", headers=headers)

    assert len(response.context["rows"]) == rows
    assert ("<html" in response.text) is (headers == {})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=bagas", [0, 2]),
        ("?q=BAGAS", [0, 2]),
        ("?q=pra", [0, 1]),
        ("?q=jose", [2]),
        ("?q=José", [2]),
        ("?q=sp.pd", [2]),
        ("?q=bagas+pra", [0]),
        ("?q=pratama,+bagas", [0]),
        ("?q=202610100001", [0, 1, 2]),
        ("?q=2026101000011", [1]),
        ("?q=2026101000012%40isme", [2]),
        ("?q=agas", []),
        ("?q=%25", []),
        ("?q=_", []),
        ("?q=...", []),
        ("?q=%00", []),
        ("?q=%27+OR+1%3D1", []),
        ("?q=bagas&role=lecturer", []),
        ("?q=bagas&role=nonsense", [0, 2]),
        ("?q=bagas&status=inactive", []),
        ("?q=bagas&status=waiting", [0, 2]),
        ("?q=bagas&status=nonsense", [0, 2]),
        ("?q=bagas&sort=-name", [2, 0]),
        ("?q=bagas&sort=password", [0, 2]),
    ],
)
def test_search(office, three, query, expected):
    names = [person.name for person in three]
    assert found(office, query) == [names[number] for number in expected]


def test_status_follows_the_account(office, three):
    User.objects.filter(pk=three[0].pk).update(is_active=False)
    versions_bumped()
    assert found(office, "?role=student&status=inactive") == ["Bagas Pratama"]
    assert "Bagas Pratama" not in found(office, "?role=student&status=active")
    assert "Bagas Pratama" not in found(office, "?role=student&status=waiting")


def test_search_query_budget(office, three, django_assert_num_queries):
    office.get(LIST)
    with django_assert_num_queries(SEARCH_QUERIES):
        response = office.get(LIST + "?q=bagas+pra", headers=HTMX)
    assert len(response.context["rows"]) == 1


def test_words_of_everybody_are_found_another_way(office, three, monkeypatch):
    """The way for a hundred thousand must find the same people."""
    monkeypatch.setattr(people_list, "FREQUENT", 0)
    assert found(office, "?q=202610+pra") == ["Bagas Pratama", "Citra Pratiwi"]
    assert found(office, "?q=202610&role=lecturer") == []


def test_more_than_are_counted_is_said(office, three, monkeypatch):
    monkeypatch.setattr(people_list, "MOST_COUNTED", 2)
    response = office.get(LIST + "?q=202610")
    assert "Lebih banyak orang yang cocok" in response.text
    assert len(response.context["rows"]) == 2


def test_counts_follow_every_change(office, three):
    """Else a tab says 3 and the list shows 2."""

    def shown() -> list[int]:
        return [tab.count for tab in office.get(LIST).context["tabs"]]

    assert shown() == [4, 3, 0, 1, 0]
    add("Dewi", "2026101000013")
    versions_bumped()
    assert shown() == [5, 4, 0, 1, 0]
    assert (
        office.get(LIST + "?role=student&status=inactive").context["people"].page.paginator.count
        == 0
    )


def test_nothing_found_says_why_and_offers_a_way(office, three):
    response = office.get(LIST + "?q=zzz")
    assert "Tidak ada yang cocok dengan “zzz”" in response.text
    assert "Hapus saringan" in response.text


def test_filters_stay_with_the_pages(office):
    for number in range(3):
        add(f"Student {number}", f"2026101000{number:03}")
    page = office.get(LIST + "?q=student&role=student&per_page=2&sort=newest").context["people"]
    assert page.next_address == "?q=student&role=student&sort=newest&per_page=2&page=2"


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=9e9", "?per_page=101", "?page=١"])
def test_bad_pages_give_a_proper_page(office, three, query):
    assert office.get(LIST + query).status_code == 200


def test_search_needs_no_script_and_what_is_typed_is_inert(office):
    response = office.get(LIST, {"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("rows", [1, 3])
def test_person_query_budget(office, three, django_assert_num_queries, rows):
    person = three[0]
    person.sign_in_events.all().delete()
    for _number in range(rows):
        person.sign_in_events.create(kind="signed_in", device="Chrome, Android", place="campus")
    office.get(LIST)
    with django_assert_num_queries(PERSON_QUERIES):
        response = office.get(f"{LIST}{person.pk}/")
    assert "2026101000010" in response.text
    assert len(response.context["history"].page) == rows


def test_first_sign_in_of_somebody_is_found_by_their_order(office, three):
    """Else the office, asked since when an account is used, turns every page of its history."""
    for kind in ("signed_in", "signed_out"):
        three[0].sign_in_events.create(kind=kind)
    newest, oldest = (
        list(office.get(f"{LIST}{three[0].pk}/{sort}").context["history"].page)
        for sort in ("", "?sort=oldest")
    )
    assert oldest == newest[::-1]


@pytest.mark.parametrize("pk", ["0", "-1", "999999", "9" * 30, "9" * 5000, "abc", "%001", "١"])
def test_person_who_is_not_there(office, pk):
    assert office.get(f"{LIST}{pk}/").status_code == 404


def test_super_admin_sees_the_events(client, django_assert_num_queries):
    enter(client, make_user("boss", role="super_admin"))
    person = add("Bagas Pratama", "2026101000010")
    person.sign_in_events.create(kind="signed_in")
    client.get(LIST)
    subject = f"account:{person.pk}"
    for verb in ("account.created", "password.issued"):
        trail.append(entry=verb, at=timezone.now(), verb=verb, subject=subject, details="{}")
    with django_assert_num_queries(PERSON_QUERIES + 2):  # the events, and whom they are about
        response = client.get(f"{LIST}{person.pk}/")
    assert "Kata sandi sekali pakai dibuat" in response.text
    assert "password.issued" not in response.text


@pytest.mark.django_db(transaction=True)
def test_who_is_on_now_by_redis_and_without(client, monkeypatch):
    presence.memory.clear()
    student = enter(Client(), make_user("nadia"))
    student.get("/accounts/profile/")  # fills the snapshot, and is noted with it
    enter(client, make_user("ratna", role="office"))
    client.get(LIST)
    assert {person.username for person in client.get(LIST + "?status=online").context["rows"]} == {
        "nadia",
        "ratna",
    }
    student.post("/accounts/logout/")
    assert len(presence.online()) == 1, "who signed out is not on"

    from isme.lib.redis import RedisAway

    def away(_work: object) -> None:
        raise RedisAway("test")

    monkeypatch.setattr(evictable, "ask", away)
    assert len(presence.online()) == 1


@pytest.mark.django_db(transaction=True)
def test_note_costs_no_exchange_and_comes_once_a_minute(client, monkeypatch):
    """Else a thousand people who browse cost a thousand exchanges more."""
    presence.memory.clear()
    user = make_user("nadia")
    enter(client, user)
    client.get("/dashboard/")
    evictable.client.delete(presence.KEY)

    def cost() -> int:
        spent = Cost()
        token = _current.set(spent)
        client.get("/dashboard/")
        _current.reset(token)
        return spent.exchanges

    assert cost() == 1
    assert evictable.client.zcard(presence.KEY) == 1
    evictable.client.delete(presence.KEY)
    assert cost() == 1
    assert evictable.client.zcard(presence.KEY) == 0, "a minute is not over"


@pytest.mark.django_db(transaction=True)
def test_forged_cookie_makes_nobody_present(client):
    presence.memory.clear()
    user = make_user("nadia")
    enter(Client(), user).get("/dashboard/")
    evictable.client.delete(presence.KEY)
    client.cookies["sid"] = f"{user.pk}.forged"
    for _time in range(3):
        client.get("/dashboard/")
    assert evictable.client.zcard(presence.KEY) == 0


def test_session_ended_by_the_office_is_on_record(office):
    person = make_user("tiara")
    victim = enter(Client(), person)
    key = "k" * 30
    for _press in range(2):
        response = office.post(
            f"{LIST}{person.pk}/force-logout/", {"idempotency_key": key}, follow=True
        )
    assert "sudah dikeluarkan" in response.text
    assert victim.get("/dashboard/").status_code == 302
    ended = [job for job in Job.objects.all() if job.payload.get("verb") == "session.ended"]
    assert len(ended) == 1
    assert SignInSession.objects.get(pk=person.pk).secret_hash == ""


def test_everybody_of_the_demo_can_be_found(db):
    from accounts.demo import seed_people
    from isme.lib.hooks import DemoPlan

    seed_people(DemoPlan(students=3, lecturers=2, seed=1))
    assert people_list.people(q="mhs0002").count() == 1
    assert people_list.people(q="1100000").count() == 2


def test_words_that_were_lost_come_back(three):
    person = three[0]
    person.search_words.all().delete()
    search_words.index_people([person.pk])
    assert people_list.people(q="bagas prat").count() == 1


@pytest.mark.parametrize(
    "token", ["tests:7", "import:7", "import:", "import:x", "import:9" + "9" * 30]
)
def test_set_that_nobody_knows_narrows_nothing(client, token):
    """A link to an import that is gone shows the list, not a page of nobody."""
    enter(client, make_user("akademik", role="office"))
    response = client.get("/accounts/users/", {"among": token})
    assert response.context["people"].page.paginator.count == 1
    assert "Tampilkan semua orang" not in response.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    "address",
    [LIST, f"{LIST}export/", "/accounts/sheets/new/?all=1"],
    ids=["list", "file", "many"],
)
def test_set_is_looked_up_once(office, three, monkeypatch, address, headers):
    """Else each page of an import's people asks three times and more for the same name."""
    keys = []

    def find(key: int) -> Among:
        keys.append(key)
        return Among("Kelompok uji", Q(pk=three[0].pk))

    monkeypatch.setitem(among._finders, "tests", find)
    joint = "&" if "?" in address else "?"
    response = office.get(f"{address}{joint}among=tests:7", headers=headers)
    assert response.status_code == 200
    assert keys == [7]


def test_page_of_a_set_costs_one_query_more(office, three, monkeypatch, django_assert_num_queries):
    """Else the office waits longer for the people of an import than for everybody."""

    def find(_key: int) -> Among:
        return Among("Kelompok uji", Q(pk=User.objects.get(pk=three[0].pk).pk))

    monkeypatch.setitem(among._finders, "tests", find)
    versions_bumped()
    office.get(LIST)
    with django_assert_num_queries(PAGE_QUERIES + 1):
        response = office.get(f"{LIST}?among=tests:7")
    assert [person.pk for person in response.context["rows"]] == [three[0].pk]
