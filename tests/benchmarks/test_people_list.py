"""The list of people at its full size. Prints what each way of asking costs against an empty one.

CPU time of the server and the wait for the database, of which the sum is what a person waits for.

    ISME_BENCHMARK_PEOPLE=3000 script/test tests/benchmarks/test_people_list.py -s
    ISME_BENCHMARK_PEOPLE=100000 script/test tests/benchmarks/test_people_list.py -s

No time is asserted: a busy machine is no fault of ours. What is asserted is the shape: no query
of the list reads a whole table, unless it has to count it.
"""

import os

import pytest
from django.db import connection

from accounts.choices import IdentifierKind
from accounts.models import Identifier, SearchWord, SignInSession, StudentProfile, User
from accounts.selectors import people_list
from accounts.words import words_of
from isme.lib.rates import Rate
from tests.benchmarks.cost import as_a_server_renders, page_cost
from tests.conftest import enter, make_user

SIZE = os.environ.get("ISME_BENCHMARK_PEOPLE", "")
PEOPLE = int(SIZE or 3000)
ROUNDS = 7 if SIZE else 1  # once is enough to count queries
SEARCH_QUERIES = 8  # of people 3, of the other kinds 5
MOST = people_list.MOST_COUNTED + 1
FIRST = ["Nadia", "Bagas", "Citra", "Dewi", "Eko", "Fajar", "Gilang", "Hana", "Intan", "Joko"]
LAST = ["Pratama", "Wijaya", "Saputra", "Nugroho", "Santoso", "Hidayat", "Siregar", "Utami"]
ASKED = {
    "all": "",
    "last page": f"?page={PEOPLE // 50}",
    "students": "?role=student",
    "active students": "?role=student&status=active",
    "active": "?status=active",
    "inactive": "?status=inactive",
    "never signed in": "?status=waiting",
    "newest": "?sort=newest",
    "by name, backwards": "?sort=-name",
    "one number": "?q=20261010000042",
    "a number's beginning": "?q=202610",
    "a rare word": "?q=nadia42",
    "a frequent word": "?q=pratama",
    "two words": "?q=nadia+prat",
    "one letter": "?q=p",
    "a word and a role": "?q=pratama&role=student&status=active",
    "nobody": "?q=zzz",
}
# The search of every page: what people type, as the page and as the finder asks for it.
SEARCHED = ["nadia42", "pratama", "nadia prat", "pr", "20261010000042", "202610", "u00", "zzz"]
# Not in a transaction of the test: ANALYZE would commit it.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd() -> None:
    """PEOPLE students, one of ten deactivated, half of whom signed in before."""
    for start in range(0, PEOPLE, 5000):
        _add(range(start, min(start + 5000, PEOPLE)))
    with connection.cursor() as cursor:
        for model in (User, SearchWord, Identifier, SignInSession):
            verb = "ANALYZE TABLE" if connection.vendor == "mysql" else "ANALYZE"
            cursor.execute(f"{verb} {model._meta.db_table}")


def _add(numbers: range) -> None:
    made = [
        User(
            username=f"u{number:06}",
            name=f"{FIRST[number % 10]}{number // 80 or ''} {LAST[number // 10 % 8]}",
            role="student",
            is_active=number % 10 != 0,
        )
        for number in numbers
    ]
    User.objects.bulk_create(made)
    names = [user.username for user in made]
    users = list(User.objects.filter(username__in=names).order_by("username"))
    nims = {user.pk: f"202610100{int(user.username[1:]):05}" for user in users}
    Identifier.objects.bulk_create(
        Identifier(user=user, kind=IdentifierKind.NIM, value=nims[user.pk]) for user in users
    )
    SearchWord.objects.bulk_create(
        SearchWord(user=user, word=word)
        for user in users
        for word in sorted(words_of(user.name, [nims[user.pk], user.username]))
    )
    StudentProfile.objects.bulk_create(
        StudentProfile(user=user, intake_year=2026, level=1, gender="male") for user in users
    )
    SignInSession.objects.bulk_create(SignInSession(user=user) for user in users[::2])


def test_every_way_of_asking(crowd, client, capsys, monkeypatch):
    as_a_server_renders(monkeypatch)
    enter(client, make_user("ratna", role="office"))
    client.get("/accounts/users/")
    bare = page_cost(client, "/accounts/users/?q=zzz", rounds=ROUNDS)
    measured = {
        name: page_cost(client, f"/accounts/users/{query}", rounds=ROUNDS)
        for name, query in ASKED.items()
    }
    with capsys.disabled():
        print(f"\n{PEOPLE} people, {connection.vendor}, against a page without anybody:")
        for name, cost in measured.items():
            print(f"  {name:24} {cost.against(bare)}")
    assert set(measured) == set(ASKED)


def test_search_of_every_page(crowd, client, capsys, monkeypatch):
    as_a_server_renders(monkeypatch)
    enter(client, make_user("ratna", role="office"))
    monkeypatch.setattr("dashboard.views.search.RATE", Rate("tests_search", 10_000, 60))
    bare = page_cost(client, "/search/", rounds=ROUNDS)
    measured = {
        (text, kind): page_cost(client, f"/search/?q={text}", rounds=ROUNDS, htmx=kind == "finder")
        for text in SEARCHED
        for kind in ("page", "finder")
    }
    with capsys.disabled():
        print(f"\n{PEOPLE} people, {connection.vendor}, against the page without a search:")
        for (text, kind), cost in measured.items():
            print(f"  {text:16} {kind:7} {cost.against(bare)}")
    assert max(cost.queries for cost in measured.values()) <= SEARCH_QUERIES


def test_no_search_reads_every_person(crowd):
    """Else the list gets slower with each intake, until nobody wants to open it."""
    if connection.vendor != "mysql":
        pytest.skip("the plan is MariaDB's")
    plans = {name: _plan(query) for name, query in ASKED.items() if "page=" not in query}
    read_whole = [name for name, plan in plans.items() if ("accounts_user", "ALL") in plan]
    assert read_whole == []
    words = [plan for plan in plans.values() for table, kind in plan if table.startswith("U")]
    assert words, "the plans of searches name the table of words"
    assert not [plan for plan in plans.values() if ("U0", "ALL") in plan]


def _plan(query: str) -> list[tuple[str, str]]:
    """Table and way of access of each step for the first page of a list."""
    asked = dict(part.split("=") for part in query.removeprefix("?").split("&") if part)
    order = people_list.ORDERS[asked.pop("sort", "name")]
    asked = {key: value.replace("+", " ") for key, value in asked.items()}
    rows = people_list.people(**asked).values_list("pk", flat=True).order_by(*order)[:MOST]
    with connection.cursor() as cursor:
        sql, parameters = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return [(row[2] or "", row[3] or "") for row in cursor.fetchall()]
