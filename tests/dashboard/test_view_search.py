"""Search shows what the person who asks may see, in every role, and never breaks on odd input."""

import pytest

from accounts.choices import Role
from dashboard.views import search as search_view
from isme.lib import bar, search
from isme.lib.rates import Rate
from isme.lib.search import Hit, Source
from tests.conftest import enter, make_user

SEARCH = "/search/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def offered(monkeypatch):
    """Only the sources of this test stand in the registry."""
    monkeypatch.setattr(search, "_sources", {})
    search.sources_for.cache_clear()
    bar._pieces.cache_clear()  # it says what is searched
    yield search.add
    search.sources_for.cache_clear()
    bar._pieces.cache_clear()


def rooms(user, text, limit):
    return [
        Hit(f"Ruang {text} {number}", f"/rooms/{number}/", "Gedung B") for number in range(30)
    ][:limit]


def nothing(user, text, limit):
    return []


@pytest.mark.django_db
def test_hits_are_shown_by_kind_with_a_way_to_all_of_them(signed_in, offered):
    offered(Source("rooms", "Ruangan", "door", rooms, 20, more="/rooms/"))
    offered(Source("people", "Orang", "users", nothing, 10))
    html = signed_in.get(SEARCH, {"q": "  aula "}).text
    assert html.count("Ruang aula") == 20
    assert "/rooms/?q=aula" in html
    assert 'id="found-people"' not in html


@pytest.mark.django_db
def test_finder_gets_a_short_fragment(signed_in, offered):
    offered(Source("rooms", "Ruangan", "door", rooms, 20))
    html = signed_in.get(SEARCH, {"q": "aula"}, headers=HTMX).text
    assert html.count("Ruang aula") == 5
    assert "<html" not in html


@pytest.mark.django_db
def test_source_of_another_role_is_never_asked(client, offered):
    def refuse(user, text, limit):
        raise AssertionError("a student must not search people")

    offered(Source("people", "Orang", "users", refuse, 10, frozenset({Role.OFFICE.value})))
    student = enter(client, make_user())
    assert student.get(SEARCH, {"q": "nadia"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "a", " \t ", "\0\0", "%", "\u202e"])
def test_too_short_a_text_finds_nothing_and_says_why(signed_in, offered, text):
    offered(Source("rooms", "Ruangan", "door", rooms, 20))
    response = signed_in.get(SEARCH, {"q": text})
    assert response.status_code == 200
    assert "Ketik paling sedikit dua huruf." in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["9" * 5000, "' OR 1=1", "<img src=x onerror=1>", "ab\0cd"])
def test_odd_text_is_shown_back_inert_and_short(signed_in, offered, text):
    offered(Source("rooms", "Ruangan", "door", nothing, 20))
    html = signed_in.get(SEARCH, {"q": text}).text
    assert "<img" not in html.partition('id="found"')[2]
    assert "9" * 101 not in html
    assert "Tidak ada yang cocok" in html


@pytest.mark.django_db
def test_too_many_searches_have_to_wait(signed_in, offered, monkeypatch):
    """Else one person's script keeps five tables busy for everybody."""
    offered(Source("rooms", "Ruangan", "door", rooms, 20))
    monkeypatch.setattr(search_view, "RATE", Rate("tests_search", 2, 600))
    answers = [signed_in.get(SEARCH, {"q": q}) for q in ("aula", "a", "aula", "aula")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3]["Retry-After"]) > 0


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LECTURER, Role.STUDENT])
def test_field_promises_what_the_role_can_find(client, offered, role):
    """Else a lecturer types a name into "Search people" and is told that nobody has it."""
    offered(Source("rooms", "Ruangan", "door", nothing, 20))
    offered(Source("people", "Orang", "users", nothing, 10, frozenset({Role.OFFICE.value})))
    enter(client, make_user(role=role))
    kinds = "orang, ruangan" if role == Role.OFFICE else "ruangan"
    page = client.get(SEARCH, {"q": "nadia"}).text
    assert f'placeholder="Cari {kinds}"' in page
    assert f'aria-label="Cari {kinds}"' in page
    assert f'id="search-kinds">{kinds.capitalize()}<' in page
    assert f"di antara {kinds}." in page
    assert f"di antara {kinds}." in client.get(SEARCH, {"q": "nadia"}, headers=HTMX).text
