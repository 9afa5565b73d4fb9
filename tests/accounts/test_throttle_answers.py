"""What a throttled person is shown (promise 4), and what bad input does to the throttle."""

import itertools

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.accounts.door import LOGIN, attempt, fill, post, visit
from tests.conftest import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def plain(response) -> str:
    """The page without what differs each time: the csrf token, and the name that was typed."""
    lines = [line for line in response.text.splitlines() if "csrfmiddlewaretoken" not in line]
    return "\n".join(lines).replace("nadia", "NAME").replace("nobody", "NAME")


@pytest.mark.parametrize("tries", [1, 6])
def test_answers_are_alike_for_names_that_exist_or_not(client, clock, hashes, tries):
    make_user()
    User.objects.filter(pk=make_user("budi").pk).update(is_active=False)
    answers = []
    for name in ("nadia", "nobody", "budi"):
        for _ in range(tries):
            response = post(client, name, headers={"Accept-Language": "en"})
        answers.append((response.status_code, response.get("Retry-After"), plain(response)))
        answers[-1] = tuple(str(part).replace("budi", "NAME") for part in answers[-1])
    assert answers[0] == answers[1] == answers[2]
    assert len(hashes) == 3 * min(tries, 5)


def test_throttled_page_keeps_the_name_and_says_when(client, clock, hashes):
    for _ in range(6):
        response = post(client, "nadia", "s3cret-typed")
    assert response.status_code == 429
    assert response["Retry-After"] == "30"
    assert 'value="nadia"' in response.text
    assert "s3cret-typed" not in response.text
    assert "Coba lagi pukul 00.48 WIB" in response.text  # 00.47.10, rounded up


def test_waiting_page_brings_a_ticket_that_works(client, clock, hashes):
    make_user()
    fill("127.0.0.1")
    response = post(client, password=PASSWORD)
    assert (response.status_code, response["Retry-After"]) == (429, "10")
    assert "masuk setelah 10 detik" in response.text
    assert 'value="nadia"' in response.text
    assert PASSWORD not in response.text
    assert response.cookies[settings.TICKET_COOKIE_NAME]["httponly"]
    clock.shift(10)
    assert post(client, password=PASSWORD).status_code == 302


def test_device_cookie_lets_the_owner_in_while_others_guess(client, hashes, settings):
    settings.SECURE_COOKIES = True
    make_user()
    cookie = post(client, password=PASSWORD).cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == (
        LOGIN,
        True,
        "Lax",
        True,
    )
    for _ in range(6):
        other = post(Client())
    assert other.status_code == 429
    assert post(client, password=PASSWORD).status_code == 302
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value[:-3] + "abc"
    assert post(client, password=PASSWORD).status_code == 429


@pytest.mark.parametrize("forged", ["1.2.3.{}", "2001:db8::{}", "junk{}", "1.1.1.{}, 9.9.9.9"])
@pytest.mark.parametrize("hops", [0, 1])
def test_forged_forwarding_header_does_not_vary_the_key(client, hashes, settings, forged, hops):
    """(e) With a proxy, only what the proxy itself wrote at the end counts."""
    settings.TRUSTED_PROXY_HOPS = hops
    for number in range(31):
        chain = forged.format(number) + (", 203.0.113.9" if hops else "")
        response = post(client, f"name{number}", headers={"X-Forwarded-For": chain})
    assert response.status_code == 429
    assert len(hashes) == 30


BAD = [
    {"login": "nadia\r\nX: y"},
    {"login": "nadia\x00"},
    {"login": "😀" * 64, "password": "😀" * 64},
    {"password": "x" * 5_000_000},
    {"login": ["nadia", "budi"], "password": ["a", "b"]},
    {"login": "ｎａｄｉａ"},
    {"login": "\xad\u200bnadia"},
    {"password": "\x00"},
    {"next": ["//evil", "\r\n"]},
]


@pytest.mark.parametrize("fields", BAD)
def test_bad_input_is_never_an_error(client, user, fields):
    """(f) A page or a refusal."""
    response = client.post(LOGIN, {"login": "nadia", "password": "wrong", **fields})
    assert response.status_code in {200, 400, 413}


def test_lone_surrogate_is_never_an_error(client, user):
    body = "login=%ED%A0%80&password=%ED%A0%80"
    kind = "application/x-www-form-urlencoded"
    assert client.post(LOGIN, body, content_type=kind).status_code == 200
    assert client.post(LOGIN, '{"login": "a"}', content_type="application/json").status_code == 200


def test_fullwidth_and_other_spellings_share_one_bucket(hashes):
    make_user()
    names = itertools.cycle(["NADIA", "ｎａｄｉａ", " nadia "])
    assert [attempt(next(names), visit()) for _ in range(6)] == ["refused"] * 5 + ["held"]
    odd = itertools.cycle(["ＮＯＢＯＤＹ", "nobody", "Nobody "])
    assert [attempt(next(odd), visit()) for _ in range(6)] == ["refused"] * 5 + ["held"]


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "x" * 5000, "ü"])
def test_junk_device_and_ticket_cookies_are_none(client, user, cookie):
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie
    client.cookies[settings.TICKET_COOKIE_NAME] = cookie
    assert post(client, password=PASSWORD).status_code == 302
