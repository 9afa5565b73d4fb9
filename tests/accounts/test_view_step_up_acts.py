"""What asks again who is there: an administrator's open laptop must not be enough for it."""

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from isme.lib.models import Job
from tests.conftest import PASSWORD, enter, make_user

START = 1_900_000_000
QUESTION = "Apakah ini Anda?"
KEY = "k" * 32
NEW = "/accounts/users/new/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Client:
    """A super admin who signed in eleven minutes ago."""
    with time_machine.travel(START, tick=False) as clock:
        client = enter(Client(), make_user("boss", role="super_admin"))
        clock.shift(660)
        yield client


@pytest.fixture
def dewi(boss: Client) -> User:
    return make_user("dewi", role="office")


def edit(person: User, role: str) -> tuple[str, dict[str, str]]:
    facts = {"role": role, "name": "Dewi Lestari", "username": "dewi", "nip": "-", "email": ""}
    facts |= {"version": str(person.version), "idempotency_key": KEY}
    return f"/accounts/users/{person.pk}/edit/", facts


def verbs() -> set[str]:
    rows = Job.objects.filter(kind="accounts.audit_append")
    return {row.payload["verb"] for row in rows} - {"sign_in.succeeded"}


ACTS = {
    "one-time password": lambda p: (f"/accounts/users/{p.pk}/password/", {}),
    "passwords for many": lambda p: ("/accounts/sheets/new/", {"pk": str(p.pk)}),
    "acting as somebody": lambda p: (f"/accounts/users/{p.pk}/act-as/", {"reason": "Laporan 7"}),
    "another role": lambda p: edit(p, "super_admin"),
    "a new account of the staff": lambda p: (
        NEW,
        {"role": "office", "name": "Rini", "username": "rini", "nip": "-", "email": ""},
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_act_asks_first_and_then_takes_effect(boss: Client, dewi: User, act):
    """Else whoever finds the laptop open gives themselves a role, or another's password."""
    address, facts = ACTS[act](dewi)
    facts = {"idempotency_key": KEY, **facts}

    asked = boss.post(address, facts)
    assert QUESTION in asked.text
    wrong = boss.post(address, {**facts, "step-up-secret": "guess"})
    assert wrong.status_code == 422
    assert verbs() == set(), "nothing happened yet"

    boss.post(address, {**facts, "step-up-secret": PASSWORD})
    assert verbs(), "done, and recorded"


def test_ordinary_edit_asks_nothing(boss: Client, dewi: User):
    """Else the office types its password for each misspelt name."""
    address, facts = edit(dewi, "office")

    assert boss.post(address, facts).status_code == 302
    dewi.refresh_from_db()
    assert dewi.name == "Dewi Lestari"
    student = {"role": "student", "name": "Tiara", "username": "", "nim": "2026101000009"}
    student |= {"email": "", "gender": "female", "intake_year": "2026", "level": "1"}
    assert QUESTION not in boss.post(NEW, {**student, "status": "active"}).text


def test_stranger_isn_t_told_that_there_is_something_to_prove_for(boss: Client, dewi: User):
    """Proved or not, who may not act as somebody learns no more than that there is no page."""
    with time_machine.travel(START, tick=False) as clock:
        nadia = enter(Client(), make_user())
        clock.shift(660)
        address = f"/accounts/users/{dewi.pk}/act-as/"
        there = nadia.post(address, {"step-up-secret": PASSWORD})
        nowhere = nadia.post("/accounts/users/999999/act-as/", {"step-up-secret": PASSWORD})
    assert (there.status_code, nowhere.status_code) == (404, 404)
