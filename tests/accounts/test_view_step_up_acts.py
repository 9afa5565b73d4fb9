"""What asks again who is there: an administrator's open laptop must not be enough for it."""

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from isme.lib.models import Job
from notifications.models import Notice
from tests.academics import importing
from tests.academics.importing import student, upload, workbook
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
    "passwords for many on paper": lambda p: (
        "/accounts/sheets/new/",
        {"pk": str(p.pk), "how": "sheet"},
    ),
    "passwords for many by mail": lambda p: (
        "/accounts/sheets/new/",
        {"pk": str(p.pk), "how": "mail"},
    ),
    "acting as somebody": lambda p: (f"/accounts/users/{p.pk}/act-as/", {"reason": "Laporan 7"}),
    "another role": lambda p: edit(p, "super_admin"),
    "a new account of the staff": lambda p: (
        NEW,
        {"role": "office", "name": "Rini", "username": "rini", "nip": "-", "email": ""},
    ),
}


def at_the_desk(person: User, **changes: str) -> tuple[str, dict[str, str]]:
    """A form of Django admin."""
    facts = {"name": "Dewi Lestari", "role": "office", "is_active": "on"}
    facts |= {"note": "", "language": "", "theme": "", **changes}
    facts |= {"identifiers-TOTAL_FORMS": "0", "identifiers-INITIAL_FORMS": "0"}
    sent = {name: value for name, value in facts.items() if value is not None}
    return f"/admin/accounts/user/{person.pk}/change/", sent


ACTS |= {
    "another role at the repair desk": lambda p: at_the_desk(p, role="super_admin"),
    "closing an account at the repair desk": lambda p: at_the_desk(p, is_active=None),
}


@pytest.mark.parametrize("act", ACTS)
def test_act_asks_first_and_then_takes_effect(boss: Client, dewi: User, act):
    """Else whoever finds the laptop open gives themselves a role, or another's password.

    Whose role is another learns it, by whichever way it was changed.
    """
    address, facts = ACTS[act](dewi)
    facts = {"idempotency_key": KEY, **facts}

    asked = boss.post(address, facts)
    assert QUESTION in asked.text
    wrong = boss.post(address, {**facts, "step-up-secret": "guess"})
    assert wrong.status_code == 422
    assert verbs() == set(), "nothing happened yet"

    boss.post(address, {**facts, "step-up-secret": PASSWORD})
    assert verbs(), "done, and recorded"
    told = Notice.objects.filter(kind="accounts.role_changed")
    assert told.count() == act.startswith("another role")


@pytest.mark.parametrize("desk", [False, True])
def test_highest_role_is_asked_for_by_name_however_fresh_the_sign_in(dewi: User, desk):
    """Else two taps make somebody a super admin, and no page says so."""
    boss = enter(Client(), make_user("boss2", role="super_admin"))
    address, facts = at_the_desk(dewi, role="super_admin") if desk else edit(dewi, "super_admin")
    asked = boss.post(address, facts).text
    assert QUESTION in asked
    assert f"{dewi.name}: dari Bagian akademik menjadi Super admin." in asked
    assert boss.post(address, {**facts, "step-up-secret": PASSWORD}).status_code == 302
    dewi.refresh_from_db()
    assert dewi.role == "super_admin"

    address, facts = edit(make_user("rini", role="super_admin"), "super_admin")
    facts |= {"username": "rini", "idempotency_key": "c" * 30}
    assert boss.post(address, facts).status_code == 302, "a name that is mended asks nothing"


def test_role_that_is_none_is_refused_at_the_repair_desk(boss: Client, dewi: User):
    address, facts = at_the_desk(dewi, role="dean")
    assert boss.post(address, facts).status_code == 200, "the form, with what is wrong"
    dewi.refresh_from_db()
    assert dewi.role == "office"


def test_ordinary_edit_asks_nothing(boss: Client, dewi: User):
    """Else the office types its password for each misspelt name."""
    address, facts = edit(dewi, "office")

    assert boss.post(address, facts).status_code == 302
    dewi.refresh_from_db()
    assert dewi.name == "Dewi Lestari"
    student = {"role": "student", "name": "Tiara", "username": "", "nim": "2026101000009"}
    student |= {"email": "", "gender": "female", "intake_year": "2026", "level": "1"}
    assert QUESTION not in boss.post(NEW, {**student, "status": "active"}).text


def test_ordinary_edit_at_the_repair_desk_asks_nothing(boss: Client, dewi: User):
    address, facts = at_the_desk(dewi)
    assert boss.post(address, facts).status_code == 302
    dewi.refresh_from_db()
    assert (dewi.name, dewi.role, dewi.is_active) == ("Dewi Lestari", "office", True)


def test_nobody_takes_their_own_rights_away_at_the_repair_desk(boss: Client):
    """Else the last super admin closes the door behind themselves."""
    own = User.objects.get(username="boss")
    address, facts = at_the_desk(own, role="student", is_active=None)
    assert boss.post(address, facts).status_code == 302
    own.refresh_from_db()
    assert (own.name, own.role, own.is_active) == ("Dewi Lestari", "super_admin", True)


def test_staff_that_are_imported_ask_first_and_students_don_t(boss: Client):
    """Else one file gives a hundred strangers the rights of the office."""
    own = User.objects.get(username="boss")
    rows = [["nip", "nama", "username"], ["198507", "Sri", "sri"]]
    staff = upload(workbook(rows), kind="staff", by=own)
    address = f"/people/import/{staff.pk}/save/"
    assert QUESTION in boss.post(address, {"idempotency_key": KEY}).text
    staff.refresh_from_db()
    assert staff.state == "staged"

    others = upload(importing.students(student(1)), by=own)
    assert boss.post(f"/people/import/{others.pk}/save/").status_code == 302
    others.refresh_from_db()
    assert others.state == "saving"

    boss.post(address, {"idempotency_key": KEY, "step-up-secret": PASSWORD})
    staff.refresh_from_db()
    assert staff.state == "saving"


def test_stranger_isn_t_told_that_there_is_something_to_prove_for(boss: Client, dewi: User):
    """Proved or not, who may not act as somebody learns no more than that there is no page."""
    with time_machine.travel(START, tick=False) as clock:
        nadia = enter(Client(), make_user())
        clock.shift(660)
        address = f"/accounts/users/{dewi.pk}/act-as/"
        there = nadia.post(address, {"step-up-secret": PASSWORD})
        nowhere = nadia.post("/accounts/users/999999/act-as/", {"step-up-secret": PASSWORD})
    assert (there.status_code, nowhere.status_code) == (404, 404)
