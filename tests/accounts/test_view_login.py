"""The front door: what somebody who signs in, or fails to, sees and gets."""

import re

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Identifier, SignInEvent, User
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"
pytestmark = pytest.mark.django_db


def post(client: Client, **fields: str):
    return client.post(LOGIN, {"login": "nadia", "password": PASSWORD, **fields})


@pytest.mark.parametrize(
    ("kind", "value", "typed"),
    [
        ("username", "nadia", "  NADIA "),
        ("email", "nadia@isme.example", "Nadia@ISME.example"),
        ("nim", "20261010001", "20261010001"),
        ("nip", "198003122005012001", "198003122005012001"),
    ],
)
def test_login_by_any_identifier(client: Client, user: User, kind, value, typed):
    Identifier.objects.get_or_create(user=user, kind=kind, defaults={"value": value})

    response = post(client, login=typed)

    assert response.status_code == 302
    assert response["Location"] == "/dashboard/"
    assert client.get("/dashboard/").status_code == 200


@pytest.mark.parametrize("field", ["wrong", "unknown", "inactive"])
def test_login_refused_alike(client: Client, user: User, field):
    if field == "inactive":
        User.objects.update(is_active=False)
    response = post(
        client,
        login="nobody" if field == "unknown" else "nadia",
        password="wrong" if field == "wrong" else PASSWORD,
    )

    assert response.status_code == 200
    assert "Nama dan kata sandi itu tidak cocok." in response.text
    assert settings.SID_COOKIE_NAME not in response.cookies
    assert PASSWORD not in response.text


@pytest.mark.parametrize("kind", ["unknown", "wrong", "inactive"])
def test_login_computes_one_hash_in_each_case(client: Client, user: User, kind, mocker_hash):
    User.objects.update(is_active=kind != "inactive")
    post(client, login="nobody" if kind == "unknown" else "nadia", password="wrong")

    assert mocker_hash == [1]


@pytest.fixture
def mocker_hash(monkeypatch) -> list[int]:
    """Count the hashes that a sign-in verifies."""
    from accounts.services import sign_in as module

    counted: list[int] = []
    real = module.check_password

    def count(*args, **kwargs):
        counted.append(1)
        return real(*args, **kwargs)

    module._nobodys_hash()
    monkeypatch.setattr(module, "check_password", count)
    return counted


@pytest.mark.parametrize(
    "typed", ["ádmin", "ａｄｍｉｎ\u00ad", "nadia\x00", "n" * 500, "' OR 1=1", "\ud800"]
)
def test_login_with_odd_names_is_refused_politely(client: Client, user: User, typed):
    response = client.post(
        LOGIN, {"login": typed.encode("utf-8", "surrogatepass"), "password": PASSWORD}
    )

    assert response.status_code == 200
    assert settings.SID_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "javascript:x", "/\\evil.example"]
)
def test_login_never_leads_elsewhere(client: Client, user: User, target):
    assert post(client, next=target)["Location"] == "/dashboard/"


def test_login_leads_back(client: Client, user: User):
    response = client.get("/accounts/profile/")
    assert response["Location"] == "/accounts/login/?next=%2Faccounts%2Fprofile%2F"
    assert post(client, next="/accounts/profile/")["Location"] == "/accounts/profile/"


def test_empty_form_says_what_to_type(client: Client):
    response = client.post(LOGIN, {})
    assert "Isi nama pengguna" in response.text
    assert "Isi kata sandi Anda." in response.text


@pytest.mark.smoke
def test_newest_sign_in_wins_and_the_other_is_told(client: Client, user: User):
    other = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120"})
    post(client)
    assert client.get("/dashboard/").status_code == 200

    post(other)

    assert other.get("/dashboard/").status_code == 200
    assert client.get("/dashboard/").status_code == 302
    assert "Chrome, Windows" in client.get(LOGIN).text
    kinds = list(SignInEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["signed_in", "displaced", "signed_in"]


@pytest.mark.smoke
def test_sign_out_ends_the_session(signed_in: Client):
    cookie = signed_in.cookies[settings.SID_COOKIE_NAME].value
    assert signed_in.post(reverse("accounts:logout")).status_code == 302

    signed_in.cookies[settings.SID_COOKIE_NAME] = cookie  # somebody kept a copy
    assert signed_in.get("/dashboard/").status_code == 302


def test_cookie_set_before_signing_in_is_never_authenticated(client: Client, user: User):
    forged = f"{user.pk}.{'A' * 43}"
    client.cookies[settings.SID_COOKIE_NAME] = forged
    post(client)

    assert client.cookies[settings.SID_COOKIE_NAME].value != forged
    client.cookies[settings.SID_COOKIE_NAME] = forged
    assert client.get("/dashboard/").status_code == 302


@pytest.mark.parametrize(
    "cookie", ["", ".", "1", "x.y", "-1.a", "1" * 40 + ".a", "²2.a", "1." + "a" * 500]
)
def test_junk_cookies_are_nobody(client: Client, db: None, cookie):
    client.cookies[settings.SID_COOKIE_NAME] = cookie
    assert client.get("/dashboard/").status_code == 302


def test_form_without_its_token_is_refused_and_explained(user: User):
    strict = Client(enforce_csrf_checks=True)
    response = post(strict)
    assert response.status_code == 403
    assert "Formulir ini dari halaman yang lama" in response.text


def test_fragment_of_an_ended_session_is_sent_to_the_door(client: Client, db: None):
    response = client.get("/accounts/profile/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith(LOGIN)


def without_token(response) -> str:
    """The page without its token, and without the space between elements."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", html)).strip()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("theme", ["", "dark"])
def test_kept_form_is_the_one_that_would_be_rendered(client: Client, db: None, language, theme):
    """Else the page that everybody gets at eight lacks what the rendered one has."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.cookies[settings.THEME_COOKIE_NAME] = theme
    address = f"{LOGIN}?next=/forum/%3Fq%3D%22%3E%3Cb%3E%26page%3D2"
    kept = without_token(client.get(address))
    with override_settings(DEBUG=True):
        rendered = without_token(client.get(address))

    assert kept == rendered
    assert "\0" not in kept
    assert 'value="/forum/?q=&quot;&gt;&lt;b&gt;&amp;page=2"' in kept


def test_kept_form_has_each_browser_its_own_token(db: None):
    """Else one person's form is accepted with the token of another."""
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    tokens = [
        re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', each.get(LOGIN).content.decode())[1]
        for each in (first, second)
    ]

    crossed = second.post(LOGIN, {"csrfmiddlewaretoken": tokens[0], "login": "x", "password": "y"})
    own = second.post(LOGIN, {"csrfmiddlewaretoken": tokens[1], "login": "x", "password": "y"})

    assert (crossed.status_code, own.status_code) == (403, 200)


def test_message_is_shown_on_the_kept_form(signed_in: Client):
    signed_in.post("/accounts/logout/")

    assert b"Anda sudah keluar" in signed_in.get(LOGIN).content


def test_choice_at_the_door_leads_back_to_where_one_was(client: Client, db: None):
    """Else who changes the language on the way to a page comes out somewhere else."""
    choice = {"language": "en", "here": LOGIN, "next": "/forum/"}
    answer = client.post("/accounts/language/", choice)
    assert answer["Location"] == f"{LOGIN}?next=%2Fforum%2F"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    answer = client.post(
        "/accounts/language/", {"theme": "dark", "here": "/accounts/password/reset/"}
    )
    assert answer["Location"] == "/accounts/password/reset/"
    assert client.cookies[settings.THEME_COOKIE_NAME].value == "dark"
    for evil in ("//evil.example/", "https://evil.example/", "x"):
        assert client.post("/accounts/language/", {"here": evil})["Location"] == LOGIN
