"""Coming to the front door, by the service or by its page."""

import pytest
from django.test import Client

from accounts.errors import SignInCrowded, SignInHeld, SignInRefused
from accounts.services.sign_in import sign_in
from accounts.services.visit import Visit
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"
START = 1_900_000_000
MINUTE = 60


def visit(address: str = "203.0.113.9", **facts) -> Visit:
    return Visit(device="Firefox, Linux", place="other", address=address, **facts)


def attempt(name: str, where: Visit, password: str = "wrong") -> str:
    try:
        sign_in(login=name, password=password, remember=False, visit=where)
    except SignInRefused:
        return "refused"
    except SignInHeld:
        return "held"
    except SignInCrowded:
        return "crowded"
    return "in"


def post(client: Client, login="nadia", password="wrong", **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def fill(address: str) -> None:
    for number in range(30):
        attempt(f"filler{number}", visit(address))


def crowd(name: str, where: Visit) -> SignInCrowded:
    with pytest.raises(SignInCrowded) as caught:
        sign_in(login=name, password=PASSWORD, remember=False, visit=where)
    return caught.value
