"""Asking again who is there: an open laptop must not be enough to change somebody's role."""

import re

import pyotp
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import path as route

from accounts.services import second_factor as service
from accounts.services.second_factor import secret_of
from accounts.views.step_up import stepped_up
from isme.lib.audit import Origin
from isme.urls import *  # noqa: F403
from isme.urls import urlpatterns as ours
from tests.conftest import PASSWORD, VISIT, enter, make_user

START = 1_900_000_000
DANGER = "/danger/?x=1"
CONFIRM = "/accounts/confirm/"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@stepped_up
def danger(request) -> HttpResponse:
    return HttpResponse(f"done {request.POST.getlist('role')} {request.POST.get('note')}")


urlpatterns = [*ours, route("danger/", danger)]


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(clock) -> Client:
    """Somebody who signed in eleven minutes ago."""
    found = enter(Client(), make_user())
    clock.shift(660)
    return found


def test_fresh_sign_in_is_enough(clock):
    client = enter(Client(), make_user())
    assert client.get(DANGER).text.startswith("done")
    clock.shift(599)
    assert client.post(DANGER, {"role": "a"}).text.startswith("done")


def test_page_waits_for_the_proof_and_then_opens(client: Client, clock):
    response = client.get(DANGER)
    assert response["Location"] == CONFIRM + "?next=%2Fdanger%2F%3Fx%3D1"
    assert "Apakah ini Anda?" in client.get(response["Location"]).text
    done = client.post(CONFIRM, {"step-up-secret": PASSWORD, "next": DANGER})
    assert done["Location"] == DANGER
    assert client.get(DANGER).text.startswith("done")
    clock.shift(601)
    assert client.get(DANGER).status_code == 302


def test_sent_form_is_carried_and_takes_effect_once_proved(client: Client):
    """Nothing that was typed is lost."""
    page = client.post(DANGER, {"role": ["a", "<b>"], "note": 'say "hi"'})
    assert "Apakah ini Anda?" in page.text
    assert 'name="role" value="&lt;b&gt;"' in page.text
    assert 'action="/danger/?x=1"' in page.text
    fields = {"role": ["a", "<b>"], "note": 'say "hi"'}
    wrong = client.post(DANGER, {**fields, "step-up-secret": "guess"})
    assert wrong.status_code == 422
    assert "guess" not in wrong.text
    assert 'value="say &quot;hi&quot;"' in wrong.text
    done = client.post(DANGER, {**fields, "step-up-secret": PASSWORD})
    assert done.text == "done ['a', '<b>'] say \"hi\""


def test_fragment_is_led_to_the_page_that_asks(client: Client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/profile/"}
    response = client.post(DANGER, headers=headers)
    assert response.status_code == 403
    assert response["HX-Redirect"] == CONFIRM + "?next=%2Faccounts%2Fprofile%2F"


def test_guessing_ends(client: Client):
    answers = [client.post(CONFIRM, {"step-up-secret": "guess"}).status_code for _n in range(11)]
    assert answers == [422] * 10 + [429]


def test_code_of_the_app_is_a_proof_too(client: Client, clock):
    from accounts.models import SecondFactor, User

    user = User.objects.get()
    service.begin(user_id=user.pk)
    totp = pyotp.TOTP(secret_of(SecondFactor.objects.get()))
    service.confirm(user_id=user.pk, code=totp.at(START + 660), visit=VISIT, origin=Origin())
    clock.shift(60)
    assert client.post(CONFIRM, {"step-up-secret": "000000"}).status_code == 422
    code = totp.at(START + 720)
    assert client.post(CONFIRM, {"step-up-secret": code})["Location"] == "/dashboard/"
    assert client.get(DANGER).text.startswith("done")
    clock.shift(601)
    assert client.post(CONFIRM, {"step-up-secret": code}).status_code == 422  # not twice


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"step-up-secret": ""},
        {"step-up-secret": "x" * 1025},
        {"step-up-secret": "nul\x00"},
        {"step-up-secret": "１２３４５６"},
    ],
)
def test_bad_input_is_said_at_the_form(client: Client, typed):
    response = client.post(CONFIRM, typed)
    assert response.status_code == 422
    assert response.context["form"].errors


def test_next_never_leads_elsewhere(client: Client):
    done = client.post(CONFIRM, {"step-up-secret": PASSWORD, "next": "//evil.example"})
    assert done["Location"] == "/dashboard/"


def back_of(response: HttpResponse) -> str:
    return re.search(r'name="step-up-back" value="([^"]*)"', response.text)[1]


@pytest.mark.parametrize(
    ("shown", "back"),
    [
        ("http://testserver/accounts/users/7/?tab=x", "/accounts/users/7/?tab=x"),
        ("https://evil.example/accounts/", "/dashboard/"),
        ("http://testserver//evil.example/accounts/", "/dashboard/"),
        ("", "/dashboard/"),
    ],
)
def test_who_changed_their_mind_comes_back_to_where_they_were(client: Client, shown, back):
    """Else the page that asks is a dead end, and a wrong answer forgets the way."""
    page = client.post(DANGER, {"role": "a"}, headers={"Referer": shown} if shown else {})
    assert back_of(page) == back
    assert f'href="{back}"' in page.text
    there = f"http://testserver{DANGER}"
    answer = {"role": "a", "step-up-secret": "guess", "step-up-back": back}
    again = client.post(DANGER, answer, headers={"Referer": there})
    assert (again.status_code, back_of(again)) == (422, back)


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_way_back_stays_within_the_site(client: Client, back):
    page = client.post(DANGER, {"role": "a", "step-up-secret": "guess", "step-up-back": back})
    assert back_of(page) == "/dashboard/"
