"""What a person is told of their data, takes away and may have erased (UU PDP 27/2022)."""

import contextlib
import io
import json
import threading
import zipfile

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from accounts.models import AuditEvent, Identifier, LecturerProfile, StudentProfile, User
from accounts.services import erasure, own_data
from accounts.services.activation import deactivate
from accounts.services.avatars import KIND as AVATAR
from isme.lib import audit, jobs, privacy
from isme.lib.audit import APPEND, Origin
from isme.lib.job_batches import run_together
from isme.lib.models import Job, StoredFile
from notifications.models import Notice, Notification
from tests.conftest import enter, make_user

PAGE = "/accounts/privacy/"
ORIGIN = Origin("203.0.113.7", "Firefox, Linux")
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user("boss", role="super_admin", pk=9001)


def closed(boss: User, username: str = "tiara") -> User:
    person = make_user(username, note="secret note")
    Identifier.objects.create(user=person, kind="nim", value=f"99{person.pk}")
    StudentProfile.objects.create(user=person, intake_year=2024, level=3, gender="female", gpa=3)
    deactivate(user_id=person.pk, reason="left", actor=boss, origin=ORIGIN)
    return User.objects.get(pk=person.pk)


def erase(boss: User, person: User) -> bool:
    return erasure.erase_person(user_id=person.pk, reason="asked", actor=boss, origin=ORIGIN)


# --- The registry ----------------------------------------------------------------------------------


def links_to_people() -> set[str]:
    """Every column that names a person, in any table."""
    people = (User, StudentProfile, LecturerProfile)
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, people)
    }


def test_every_table_that_names_a_person_is_in_the_record():
    named = {column for record in privacy.records() for column in record.of_office}
    for record in privacy.records():
        for table in record.tables:
            column = table.person.partition("__")[0].removesuffix("_id")
            named.add(f"{table.model}.{column}")

    assert links_to_people() - named == set()


def test_no_secret_is_among_what_leaves_the_house():
    secret = ("password", "secret", "token", "hash", "mac")
    for record in privacy.records():
        for table in record.tables:
            for column in table.columns():
                known = column in {"must_change_password", "password_expires_at"}
                assert column not in {"auth", "public_key"}
                assert known or not any(word in column for word in secret), (table, column)


# --- Taking it away ---------------------------------------------------------------------------------


def order(client: Client):
    return client.post(f"{PAGE}export/", {"idempotency_key": "k" * 30})


def test_person_gets_a_file_with_everything_about_them_and_nobody_else(client, user):
    make_user("tiara", note="of somebody else")
    enter(client, user)
    assert order(client)["Location"] == PAGE
    order(client)
    [job] = Job.objects.filter(kind=own_data.JOB)
    assert "Unduh data" not in client.get(PAGE).text

    assert jobs.run(job.pk)
    stored = own_data.newest_of(user.pk)
    page = client.get(PAGE)
    packed = b"".join(client.get(f"/files/{stored.pk}/{stored.name}").streaming_content)
    with zipfile.ZipFile(io.BytesIO(packed)) as pack:
        data = json.loads(pack.read("data.json"))

    assert "Unduh data" in page.text
    [account] = data["data"]["accounts.identity"]["accounts.User"]
    assert account["name"] == user.name
    assert "password" not in account
    assert {row["user_id"] for row in data["data"]["accounts.door"]["accounts.SignInEvent"]} == {
        user.pk
    }
    assert "of somebody else" not in packed.decode("latin-1")
    assert len(data["about"]) == len(privacy.records())


def test_nobody_else_fetches_it_and_it_goes_after_a_week(client, user, boss):
    own_data.make(user_id=user.pk)
    own_data.make(user_id=user.pk)
    [stored] = StoredFile.objects.filter(kind=own_data.KIND.name)
    enter(client, boss)

    assert client.get(f"/files/{stored.pk}/{stored.name}").status_code == 404
    own_data.remove(file_id=stored.pk)
    assert own_data.newest_of(user.pk) is None


def test_who_is_erased_while_the_file_is_made_leaves_no_file(boss, monkeypatch):
    """Else everything about somebody who is erased lies there for a week more."""
    person = closed(boss)
    write = own_data._write

    def erased_meanwhile(user, target):
        write(user, target)
        assert erase(boss, person)

    monkeypatch.setattr(own_data, "_write", erased_meanwhile)
    own_data.make(user_id=person.pk)
    assert not StoredFile.objects.filter(owner_id=person.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite lets one writer in at a time")
def test_two_orders_at_once_are_one_in_the_audit_trail(user, monkeypatch):
    """Else the trail says that somebody asked twice for what they pressed once, on two devices."""
    enqueue, both, met = jobs.enqueue, threading.Barrier(2), []

    def together(kind, /, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # the rival never comes so far: it queues at the account
            met.append(kind)
        return enqueue(kind, **kwargs)

    def press() -> None:
        try:
            own_data.order(user_id=user.pk, origin=ORIGIN)
        finally:
            connection.close()

    monkeypatch.setattr(own_data.jobs, "enqueue", together)
    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert met == []
    assert Job.objects.filter(kind=own_data.JOB).count() == 1
    assert Job.objects.filter(kind=APPEND, payload__verb="own_data.ordered").count() == 1


def test_taking_it_away_asks_again_who_is_there(client, user, settings):
    settings.STEP_UP_SECONDS = 0
    enter(client, user)

    assert "step-up-secret" in order(client).text
    assert not Job.objects.filter(kind=own_data.JOB).exists()


# --- Who saw it -------------------------------------------------------------------------------------


def test_person_sees_who_looked_as_them_and_who_took_lists(client, user, boss):
    for verb, subject in (
        ("acting.started", f"account:{user.pk}"),
        ("people.exported", "people"),
        ("acting.started", "account:123456"),
    ):
        audit.record(verb, actor_id=boss.pk, subject=subject, origin=ORIGIN)
    run_together(APPEND)
    enter(client, user)
    page = client.get(PAGE, headers={"Accept-Language": "en"})

    assert AuditEvent.objects.count() >= 3
    assert page.text.count("Looked at your pages as you") == 1
    assert page.text.count("Took the list of people away") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_page_query_budget(client, user, boss, rows, django_assert_num_queries):
    for _ in range(rows):
        audit.record("acting.started", actor_id=boss.pk, subject=f"account:{user.pk}")
    run_together(APPEND)
    enter(client, user).get(PAGE)

    # Own masked posts, count, events, the file, whether one is being made, the unread badge.
    with django_assert_num_queries(6):
        client.get(PAGE)


# --- Erasing ----------------------------------------------------------------------------------------


def test_erased_person_has_no_name_number_or_way_in(boss):
    person = closed(boss)
    Notification.objects.create(
        notice=Notice.objects.create(kind="x", by=person, values={"who": person.name}),
        person=person, kind="x", created_at=person.created_at,
    )  # fmt: skip
    assert erase(boss, person)
    left = User.objects.get(pk=person.pk)

    assert (left.name, left.username, left.note) == (
        f"Akun terhapus {person.pk}",
        f"erased-{person.pk}",
        "",
    )
    assert not left.has_usable_password()
    assert not Identifier.objects.filter(user=left).exists()
    assert not Notification.objects.filter(person=left).exists()
    assert Notice.objects.get().values == {"who": "–"}
    assert StudentProfile.objects.get(pk=left.pk).gpa is None
    kept = json.dumps(privacy.export(left.pk), default=str)
    assert "Nadia" not in kept
    assert "secret note" not in kept
    assert not erase(boss, left)


def test_erasure_is_in_the_audit_trail_which_still_verifies(boss):
    person = closed(boss)
    erase(boss, person)
    run_together(APPEND)

    event = AuditEvent.objects.get(verb="person.erased")
    assert (event.actor_id, event.subject) == (boss.pk, f"account:{person.pk}")
    assert person.username not in event.details


def test_erased_account_is_not_opened_edited_or_erased_again(client, boss):
    person = closed(boss)
    erase(boss, person)
    enter(client, boss)
    address = f"/accounts/users/{person.pk}"

    assert client.get(f"{address}/").status_code == 200
    for act in ("edit", "erase"):
        assert client.get(f"{address}/{act}/").status_code == 404
    assert client.post(f"{address}/restore/", {"idempotency_key": "k" * 30}).status_code == 404


def test_erasure_needs_the_username_typed_and_a_reason(client, boss):
    person = closed(boss)
    enter(client, boss)
    address = f"/accounts/users/{person.pk}/erase/"
    wrong = client.post(address, {"username": "other", "reason": "asked"})

    assert wrong.status_code == 422
    assert "asked" in wrong.text
    assert User.objects.get(pk=person.pk).username == "tiara"
    right = client.post(
        address, {"username": "tiara", "reason": "asked", "idempotency_key": "k" * 30}
    )
    assert right.status_code == 302
    assert User.objects.get(pk=person.pk).is_erased


@pytest.mark.parametrize("role", ["office", "lecturer", "student"])
def test_only_a_super_admin_erases(client, boss, role):
    person = closed(boss)
    enter(client, make_user("other", role=role))

    assert client.get(f"/accounts/users/{person.pk}/erase/").status_code == 404


def test_open_account_is_not_erased(client, boss, user):
    enter(client, boss)
    assert client.get(f"/accounts/users/{user.pk}/erase/").status_code == 404


def test_picture_of_an_erased_person_goes(boss):
    person = closed(boss)
    stored = StoredFile.objects.create(
        kind=AVATAR.name, owner_id=person.pk, path="aa/b", name="a.webp",
        content_type="image/webp", size=1, sha256="0" * 64,
    )  # fmt: skip
    User.objects.filter(pk=person.pk).update(avatar=stored)
    erase(boss, person)

    assert not StoredFile.objects.filter(pk=stored.pk).exists()
