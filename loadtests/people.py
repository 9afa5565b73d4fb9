"""Signing people in without a browser.

Cookies of staging are Secure and carry the __Host- prefix: no client library sends them over
plain HTTP, so they are written by hand. A csrf cookie may be anybody's choice as long as form and
cookie agree; without Origin and Referer, over plain HTTP, Django asks for nothing else.
"""

import http.client
import os
import random
import secrets
import string
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from loadtests.stack import HOST

LOGIN = "/accounts/login/"
CSRF_LENGTH = 32
TRIES = 10
DEVICE = "device"  # DEVICE_COOKIE_NAME
AT_ONCE = 4
FORM = "application/x-www-form-urlencoded"


class Unexpected(Exception):
    """An answer that shows that something else than the wanted page would be measured."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def csrf_secret() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(CSRF_LENGTH))


def login_form(username: str, csrf: str) -> str:
    return urlencode(
        {
            "login": username,
            "password": os.environ["ISME_DEMO_PASSWORD"],
            "csrfmiddlewaretoken": csrf,
        }
    )


def cookie_of(set_cookies: Iterable[str], name: str = "__Host-sid") -> str:
    """The cookie ``name`` (that of the session) among ``set_cookies``, or "" for none."""
    for line in set_cookies:
        jar = SimpleCookie(line)
        if name in jar:
            return jar[name].value
    return ""


def get(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> Answer:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return Answer(response.status, dict(response.getheaders()), response.read())


def student(number: int) -> str:
    return f"mhs{number:04}"


def sign_in(port: int, numbers: Iterable[int]) -> list[str]:
    """Sign students in; returns what each of them sends as ``Cookie``."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    signed_in = [_sign_in(connection, student(number)) for number in numbers]
    connection.close()
    return [cookie for cookie, _device in signed_in]


def browsers(port: int, numbers: Iterable[int]) -> dict[int, str]:
    """Sign students in once, as on an earlier day; what their browsers show at the door later."""

    def one(number: int) -> tuple[int, str]:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        _cookie, device = _sign_in(connection, student(number))
        connection.close()
        return number, device

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(pool.map(one, numbers))


def at_the_door(csrf: str, device: str) -> str:
    """The cookies that go with the form: of a new browser without ``device``."""
    return f"__Host-csrf={csrf}" + (f"; {DEVICE}={device}" if device else "")


def _sign_in(connection: http.client.HTTPConnection, name: str) -> tuple[str, str]:
    csrf = csrf_secret()
    headers = {"Cookie": f"__Host-csrf={csrf}", "Content-Type": FORM}
    for _ in range(TRIES):
        connection.request("POST", LOGIN, login_form(name, csrf), headers)
        response = connection.getresponse()
        response.read()
        set_cookies = response.headers.get_all("Set-Cookie", [])
        session = cookie_of(set_cookies)
        if response.status == http.HTTPStatus.FOUND and session:
            return f"__Host-sid={session}; __Host-csrf={csrf}", cookie_of(set_cookies, DEVICE)
        if response.status != http.HTTPStatus.SERVICE_UNAVAILABLE:
            break
        # The hashes have a queue; whoever finds it full is told when to come again.
        time.sleep(pause(response.headers.get("Retry-After")))
    raise Unexpected(f"{name} could not sign in: {response.status}")


def pause(retry_after: str | None) -> float:
    """Seconds to wait; a little more than was said, so that not all come back at once."""
    return float(retry_after or 1) + random.random()


def check(port: int, path: str, cookies: Iterable[str], wanted: int = 200) -> list[Answer]:
    """Ask for ``path`` as everybody; raises Unexpected unless each gets the ``wanted`` status."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    answers = [get(connection, path, {"Cookie": cookie} if cookie else {}) for cookie in cookies]
    connection.close()
    wrong = {one.status for one in answers} - {wanted}
    if wrong:
        raise Unexpected(f"{path} answered {sorted(wrong)} instead of {wanted}")
    return answers
