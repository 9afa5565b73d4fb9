"""One's own profile: true data, and a history with pages."""

import pytest
from django.test import Client

from accounts.models import SignInEvent, User
from tests.conftest import enter, make_user

PROFILE = "/accounts/profile/"
PAGE_QUERIES = 3  # identifiers, count, rows
FRAGMENT_QUERIES = 2
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("headers", "queries"), [({}, 3), ({"HX-Request": "true"}, 2)])
def test_history_query_budget(client, django_assert_num_queries, rows, headers, queries):
    enter(client, make_user(role="office"))
    SignInEvent.objects.all().delete()
    user = User.objects.get()
    SignInEvent.objects.bulk_create(SignInEvent(user=user, kind="signed_in") for _ in range(rows))
    client.get("/dashboard/")  # warm

    with django_assert_num_queries(queries):
        response = client.get(PROFILE, headers=headers)

    assert len(response.context["history"].page) == rows
    assert ("<html" in response.text) is (headers == {})


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 50),
        ("?per_page=100", 100),
        ("?per_page=101", 100),
        ("?per_page=0", 50),
        ("?per_page=-5", 50),
        ("?page=3", 20),
        ("?page=99999999999999999999", 50),
        ("?page=last", 50),
        ("?page=%00", 50),
        ("?page=١", 50),
        ("?sort=password", 50),
    ],
)
def test_bad_pages_give_a_proper_page(client: Client, user: User, query, shown):
    enter(client, user)
    SignInEvent.objects.bulk_create(SignInEvent(user=user, kind="signed_in") for _ in range(119))
    response = client.get(PROFILE + query)
    assert response.status_code == 200
    assert len(response.context["history"].page) == shown


def test_history_is_ones_own(client: Client, user: User):
    SignInEvent.objects.create(user=make_user("tiara"), kind="signed_in", device="Opera, iPad")
    enter(client, user)
    assert "Opera, iPad" not in client.get(PROFILE).text


def test_history_sorts(client: Client, user: User):
    enter(client, user)
    SignInEvent.objects.create(user=user, kind="signed_out")
    oldest = client.get(PROFILE + "?sort=oldest").context["history"].page
    newest = client.get(PROFILE).context["history"].page
    assert list(oldest) == list(newest)[::-1]


def test_language_and_theme_are_kept(client: Client, user: User):
    enter(client, user)
    client.post(PROFILE + "preferences/", {"language": "en", "theme": "dark"})

    response = client.get(PROFILE)
    assert 'lang="en" data-theme="dark"' in response.text
    assert "Sign-in history" in response.text
    user.refresh_from_db()
    assert (user.language, user.theme) == ("en", "dark")


def test_own_language_without_the_cookie(client: Client):
    enter(client, make_user(language="en"))
    assert "Sign-in history" in client.get(PROFILE, headers={"Accept-Language": "id"}).text


def test_unknown_language_is_refused(client: Client, user: User):
    enter(client, user)
    response = client.post(PROFILE + "preferences/", {"language": "xx"}, follow=True)
    assert "Pilih salah satu bahasa" in response.text


def test_going_back_gets_the_whole_page(client: Client, user: User):
    """Else Back shows a bare table: htmx asks for a page that it no longer has."""
    enter(client, user)
    again = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    response = client.get(PROFILE, headers=again)
    assert "<html" in response.text
    assert "HX-Request" in response["Vary"]


FILTERED = "http://testserver/accounts/profile/?sort=oldest"


@pytest.mark.parametrize(
    ("shown", "comes_to"),
    [
        (FILTERED, "/accounts/profile/?sort=oldest"),
        ("http://testserver/rooms/?q=a", PROFILE),
        ("http://elsewhere.example/accounts/profile/?sort=oldest", PROFILE),
        ("http://testserver//evil.example/accounts/profile/", PROFILE),
        ("http://testserver////evil.example/accounts/profile/", PROFILE),
        ("", PROFILE),
    ],
)
def test_choice_of_language_keeps_filter_and_order_of_the_page(client, user, shown, comes_to):
    """Else who switches the language on a filtered list begins anew."""
    enter(client, user)
    chosen = {"language": "en", "theme": "", "next": PROFILE}
    response = client.post(PROFILE + "preferences/", chosen, headers={"Referer": shown})
    assert response["Location"] == comes_to
