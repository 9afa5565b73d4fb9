"""Adding and editing a person: what is wrong is said at its field, and nothing typed is lost."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import Identifier, StudentProfile, User
from accounts.services.accounts import change_account
from isme.lib.models import Job
from tests.conftest import enter, make_user

NEW = "/accounts/users/new/"
pytestmark = pytest.mark.django_db
STUDENT = {
    "role": "student",
    "name": "Tiara Utami",
    "nim": "2026101000001",
    "username": "",
    "email": "tiara@isme.example",
    "intake_year": "2026",
    "level": "1",
    "status": "active",
    "gender": "female",
    "gpa": "3,25",
    "note": "",
    "idempotency_key": "a" * 30,
}


@pytest.fixture
def office(client: Client) -> Client:
    return enter(client, make_user("ratna", role="office"))


@pytest.fixture
def tiara(office: Client) -> User:
    office.post(NEW, STUDENT)
    return User.objects.get(username="2026101000001")


def edit(person: User) -> str:
    return f"/accounts/users/{person.pk}/edit/"


def test_new_student_once_however_often_it_is_pressed(office):
    answers = [office.post(NEW, STUDENT) for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    person = User.objects.get(username="2026101000001")
    assert str(StudentProfile.objects.get(user=person).gpa) == "3.25"
    page = office.get(answers[0]["Location"]).text
    assert "Tiara Utami" in page
    assert "2026101000001" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"nim": ""}, "nim"),
        ({"nim": "20261"}, "nim"),
        ({"nim": "2026-101"}, "nim"),
        ({"email": "tiara"}, "email"),
        ({"username": "tiara utami"}, "username"),
        ({"intake_year": "26"}, "intake_year"),
        ({"intake_year": "last"}, "intake_year"),
        ({"level": "8"}, "level"),
        ({"level": ""}, "level"),
        ({"gender": "x"}, "gender"),
        ({"gpa": "4,01"}, "gpa"),
        ({"gpa": "NaN"}, "gpa"),
        ({"gpa": "good"}, "gpa"),
        ({"status": "flying"}, "status"),
        ({"name": "x" * 151}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"nim": "9" * 5000}, "nim"),
    ],
)
def test_what_is_wrong_stands_at_its_field(office, changes, field):
    response = office.post(NEW, {**STUDENT, **changes})
    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert 'value="Tiara Utami"' in response.text or "name" in changes
    assert not User.objects.filter(role="student").exists()


def test_number_of_somebody_else_names_them(office, tiara):
    response = office.post(NEW, {**STUDENT, "idempotency_key": "b" * 30, "email": ""})
    assert response.status_code == 422
    assert "sudah dipakai Tiara Utami" in response.context["form"].errors["nim"][0]


@pytest.mark.parametrize("name", ["Tiara Utami", ""])
def test_all_that_others_have_is_told_at_once(office, tiara, name):
    """Else the office mends one field, sends again, and learns of the next."""
    mail = {"user": tiara, "kind": "email", "value": "tiara@isme.example"}
    Identifier.objects.get_or_create(value=mail["value"], defaults=mail)
    asked = {**STUDENT, "idempotency_key": "b" * 30, "email": mail["value"], "name": name}
    errors = office.post(NEW, asked).context["form"].errors
    assert list(errors) == (["nim", "email"] if name else ["name", "nim", "email"])
    assert "sudah dipakai" in errors["nim"][0]
    assert "sudah dipakai" in errors["email"][0]


@pytest.mark.parametrize("role", ["office", "super_admin", "dean"])
def test_role_above_ones_own_is_ignored(office, role):
    """A forged field must not give what the form did not offer."""
    office.post(NEW, {**STUDENT, "role": role})
    assert User.objects.get(username="2026101000001").role == "student"


def test_super_admin_adds_staff(client):
    enter(client, make_user("boss", role="super_admin"))
    facts = {"role": "office", "name": "Dewi", "username": "dewi", "nip": "-", "email": ""}
    client.post(NEW, facts)
    assert User.objects.get(username="dewi").role == "office"
    assert Identifier.objects.filter(user__username="dewi").count() == 1


def test_lecturer_form_asks_for_the_main_role(office):
    page = office.get(NEW + "?role=lecturer").text
    assert 'name="main_role"' in page
    assert 'name="level"' not in page
    facts = {"role": "lecturer", "name": "dr. Bagas", "nid": "11000001", "nuptk": "-"}
    assert list(office.post(NEW, facts).context["form"].errors) == ["main_role"]
    office.post(NEW, {**facts, "main_role": "standby"})
    assert User.objects.get(username="11000001").role == "lecturer"


def test_edit_shows_what_is_there_and_saves(office, tiara):
    form = office.get(edit(tiara)).context["form"]
    values = {name: form[name].value() for name in ("name", "nim", "email", "level", "version")}
    assert values == {
        "name": "Tiara Utami",
        "nim": "2026101000001",
        "email": "tiara@isme.example",
        "level": 1,
        "version": 1,
    }
    changes = {"level": "3", "version": "1", "idempotency_key": "c" * 30}
    response = office.post(edit(tiara), {**STUDENT, **changes})
    assert response["Location"] == f"/accounts/users/{tiara.pk}/"
    assert StudentProfile.objects.get(user=tiara).level == 3


def test_two_editors_are_told_and_lose_nothing(office, tiara):
    change_account(user_id=tiara.pk, changes={"name": "Tiara Dewi"})
    changes = {"name": "Tiara U.", "version": "1", "idempotency_key": "c" * 30}

    response = office.post(edit(tiara), {**STUDENT, **changes})

    assert response.status_code == 409
    assert "Tiara Dewi" in response.text, "what stands there now"
    assert 'value="Tiara U."' in response.text, "what was typed"
    tiara.refresh_from_db()
    assert tiara.name == "Tiara Dewi"
    again = {**STUDENT, **changes, "version": str(response.context["form"]["version"].value())}
    assert office.post(edit(tiara), again).status_code == 302
    tiara.refresh_from_db()
    assert tiara.name == "Tiara U."


@pytest.mark.parametrize("version", ["", "x", "0", "-1"])
def test_form_without_a_version_is_no_way_around(office, tiara, version):
    changes = {"name": "X", "version": version, "idempotency_key": "c" * 30}
    response = office.post(edit(tiara), {**STUDENT, **changes})
    assert response.status_code in {409, 422}
    tiara.refresh_from_db()
    assert tiara.name == "Tiara Utami"


def test_office_finds_no_form_for_staff(office):
    boss = make_user("boss", role="super_admin")
    assert office.get(edit(boss)).status_code == 404
    assert office.post(edit(boss), STUDENT).status_code == 404
    assert (
        office.post(f"/accounts/users/{boss.pk}/deactivate/", {"reason": "x"}).status_code == 404
    )
    assert office.post(f"/accounts/users/{boss.pk}/force-logout/").status_code == 404


def test_deactivated_with_a_reason_and_restored(office, tiara):
    address = f"/accounts/users/{tiara.pk}/"
    response = office.post(address + "deactivate/", {"reason": " "})
    assert response.status_code == 422
    assert "Tulis alasannya" in response.text
    page = office.post(
        address + "deactivate/", {"reason": "Cuti", "idempotency_key": "d" * 30}, follow=True
    ).text
    assert "tidak bisa masuk lagi" in page
    assert "Cuti" in page
    page = office.post(address + "restore/", {"idempotency_key": "e" * 30}, follow=True).text
    assert "bisa masuk lagi" in page
    verbs = [job.payload.get("verb") for job in Job.objects.order_by("pk")]
    assert [verb for verb in verbs if verb and verb.startswith("account.")] == [
        "account.created",
        "account.deactivated",
        "account.restored",
    ]


def test_one_time_password_is_shown_once_and_works(office, tiara):
    address = f"/accounts/users/{tiara.pk}/password/"
    first = office.post(address, {"idempotency_key": "f" * 30})
    password = first.context["password"]
    assert password in first.text
    assert "no-store" in first["Cache-Control"]

    again = office.post(address, {"idempotency_key": "f" * 30}, follow=True)

    assert password not in again.text
    assert "sudah diterbitkan" in again.text
    door = Client()
    door.post("/accounts/login/", {"login": "2026101000001", "password": password})
    assert door.get("/dashboard/")["Location"].startswith("/accounts/password/change/")
    assert password not in "".join(str(job.payload) for job in Job.objects.all())


def test_nobody_issues_their_own_password_or_that_of_a_closed_account(office, tiara):
    ratna = User.objects.get(username="ratna")
    assert office.post(f"/accounts/users/{ratna.pk}/password/").status_code == 404
    change_account(user_id=tiara.pk, changes={"is_active": False})
    assert office.post(f"/accounts/users/{tiara.pk}/password/").status_code == 404


def test_who_becomes_a_student_again_is_shown_as_they_were(office, tiara):
    """Else the office types anew what the faculty knew, or keeps them among those who left."""
    change_account(user_id=tiara.pk, changes={"role": "lecturer"})
    form = office.get(f"/accounts/users/{tiara.pk}/edit/?role=student").context["form"]
    assert (form["level"].value(), form["status"].value()) == (1, "active")


def test_password_that_somebody_chose_is_replaced_only_after_a_question(office, tiara):
    """Else one tap beside "Sign out everywhere" takes a student's password before an exam."""
    page, address = f"/accounts/users/{tiara.pk}/", f"/accounts/users/{tiara.pk}/password/"
    assert f'action="{address}"' in office.get(page).text, "there is none yet: nothing to ask"
    change_account(user_id=tiara.pk, changes={"password": make_password("tujuh kuda makan")})
    shown = office.get(page).text
    assert f'href="{address}"' in shown
    assert f'action="{address}"' not in shown
    question = office.get(address)
    assert "Ganti kata sandi Tiara Utami?" in question.text
    tiara.refresh_from_db()
    assert tiara.has_own_password, "asking changes nothing"
    form = question.context["form"]
    office.post(address, {"idempotency_key": form["idempotency_key"].value()})
    tiara.refresh_from_db()
    assert tiara.must_change_password


def test_another_role_keeps_what_was_typed(office, tiara):
    """Else who notices at the end that it is a lecturer types the name and the mail again."""
    typed = {**STUDENT, "name": "dr. Bagas", "email": "bagas@", "to_role": "lecturer"}
    page = office.post(NEW, typed)
    form = page.context["form"]
    shown = (form["name"].value(), form["email"].value(), form["nid"].value())
    assert shown == ("dr. Bagas", "bagas@", None)
    assert (page.status_code, form.role, form.is_bound) == (200, "lecturer", False)
    assert User.objects.filter(name="dr. Bagas").count() == 0

    typed = {"role": "student", "to_role": "lecturer", "name": "Tiara U.", "version": "1"}
    form = office.post(edit(tiara), typed).context["form"]
    shown = (form["name"].value(), form["email"].value(), form["version"].value())
    assert shown == ("Tiara U.", "tiara@isme.example", "1")
