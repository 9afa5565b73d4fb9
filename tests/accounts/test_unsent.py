"""What somebody sent when the session was over comes back after signing in, to them alone."""

import pytest
from django import forms
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.session import unsent
from tests.conftest import PASSWORD, enter, make_user

LOGIN = "/accounts/login/"
PREFERENCES = "/accounts/profile/preferences/"
pytestmark = pytest.mark.django_db


def displaced(client: Client, user: User) -> Client:
    """``client`` with a session that ended while its person was writing."""
    enter(client, user)
    enter(Client(), user)
    return client


def sign_in(client: Client, login: str = "nadia", **fields: str):
    return client.post(LOGIN, {"login": login, "password": PASSWORD, **fields})


def refuse(client: Client, path: str = PREFERENCES, **fields: str):
    typed = {"language": "en", "note": "Ruangan <b> dipakai", **fields}
    return client.post(path, typed, headers={"Referer": "http://testserver/accounts/profile/?a=b"})


def test_it_comes_back_and_can_be_sent(client: Client, user: User):
    """Else a long text is lost because the phone in the bag signed in meanwhile."""
    response = refuse(displaced(client, user))
    assert response["Location"] == LOGIN + "?next=%2Faccounts%2Fprofile%2F%3Fa%3Db"

    assert sign_in(client)["Location"] == "/accounts/unsent/"
    page = client.get("/accounts/unsent/").text
    assert "Ruangan &lt;b&gt; dipakai" in page
    assert f'action="{PREFERENCES}"' in page
    assert 'name="language" value="en"' in page

    client.post(PREFERENCES, {"language": "en"})
    assert client.get("/accounts/unsent/").status_code == 302, "it would be sent a second time"
    user.refresh_from_db()
    assert user.language == "en"


def test_another_person_at_the_same_browser_does_not_see_it(client: Client, user: User):
    refuse(displaced(client, user))
    make_user("tiara")
    assert sign_in(client, "tiara", next="/dashboard/")["Location"] == "/dashboard/"
    assert client.get("/accounts/unsent/").status_code == 302


def test_a_browser_that_kept_it_itself_is_not_asked(client: Client, user: User):
    refuse(displaced(client, user))
    response = sign_in(client, drafted="1", next="/accounts/profile/")
    assert response["Location"] == "/accounts/profile/"
    assert client.get("/accounts/unsent/").status_code == 302


def test_it_can_be_let_go(client: Client, user: User):
    refuse(displaced(client, user))
    sign_in(client)
    assert client.post("/accounts/unsent/")["Location"] == "/accounts/profile/?a=b"
    assert client.get("/accounts/unsent/").status_code == 302


def test_passwords_are_never_kept(client: Client, user: User):
    displaced(client, user)
    assert unsent_of(refuse(client, "/accounts/password/change/", current="geheim1")) == ""
    assert unsent_of(refuse(client, "/admin/accounts/user/add/", extra="geheim2")) == ""
    refuse(client, password="geheim3", csrfmiddlewaretoken="t")
    sign_in(client)
    page = client.get("/accounts/unsent/").text
    assert "dipakai" in page
    assert "geheim" not in page


def test_no_form_of_ours_has_a_secret_that_would_be_kept():
    """Else a new form's password lies readable in a cookie."""
    waiting, names = [forms.Form], set()
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        names |= {
            name
            for name, field in form.base_fields.items()
            if isinstance(field.widget, forms.PasswordInput) and "gallery" not in form.__module__
        }
    assert {name for name in names if not unsent.is_secret(name)} == set()
    assert "password" in names


def unsent_of(response) -> str:
    found = response.cookies.get(settings.UNSENT_COOKIE_NAME)
    return found.value if found else ""


def test_only_what_fits_into_a_cookie_is_kept(client: Client, user: User):
    from random import Random

    noise = "".join(Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000))
    displaced(client, user)
    assert unsent_of(refuse(client, note=noise)) == ""
    assert 0 < len(unsent_of(refuse(client, note="kata " * 1500))) < 4000


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "²", "1" * 5000])
def test_forged_cookies_are_nothing(signed_in: Client, cookie):
    signed_in.cookies[settings.UNSENT_COOKIE_NAME] = cookie
    assert signed_in.get("/accounts/unsent/")["Location"] == "/dashboard/"


def test_somebody_unknown_keeps_nothing(client: Client):
    """Else anybody's form could wait for the next person who signs in here."""
    assert unsent_of(refuse(client)) == ""


@pytest.mark.parametrize(
    "referer", ["https://evil.example/x", "http://testserver", "javascript:x", "", "//evil/x"]
)
def test_way_back_is_within_this_site(client: Client, user: User, referer):
    displaced(client, user)
    response = client.post(PREFERENCES, {"language": "en"}, headers={"Referer": referer})
    assert response["Location"] == LOGIN


def test_fragment_comes_back_to_its_page(client: Client, user: User):
    """Else who turned the page of a list in an old tab lands on the home page."""
    displaced(client, user)
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": "http://testserver/accounts/profile/?page=2",
    }
    response = client.get("/accounts/profile/?page=3", headers=headers)
    assert response["HX-Redirect"] == LOGIN + "?next=%2Faccounts%2Fprofile%2F%3Fpage%3D2"
