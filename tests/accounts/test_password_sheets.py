"""Passwords for many: printed by a worker, fetched by their maker alone, gone after a day."""

import re
import zlib

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.utils import timezone

from accounts.models import PasswordSheet, User
from accounts.services import password_sheets
from accounts.slips import Slip, Words, draw, printable
from isme.lib.audit import Origin
from isme.lib.models import Job, StoredFile
from isme.lib.models.job import JobState
from tests.conftest import enter, make_user

NEW = "/accounts/sheets/new/"
pytestmark = pytest.mark.django_db
WORDS = Words("Nama pengguna", "Kata sandi", "Masuk di ...")


@pytest.fixture
def office(client: Client) -> Client:
    return enter(client, make_user("ratna", role="office"))


def order(client: Client, *people: User, **changes: str):
    facts = {"pk": [person.pk for person in people], "idempotency_key": "k" * 30, "how": "sheet"}
    return client.post(NEW, {**facts, **changes})


def run(sheet_id: int) -> PasswordSheet:
    password_sheets.make_sheet(sheet_id=sheet_id)
    return PasswordSheet.objects.get(pk=sheet_id)


def texts(pdf: bytes) -> list[str]:
    """The strings that the pages of a PDF show."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    pages = b"".join(zlib.decompress(part) for part in streams if part[:1] == b"x")
    shown = re.findall(rb"\((.*?)(?<!\\)\) Tj", pages)
    return [part.replace(b"\\", b"").decode("latin-1") for part in shown]


def content(sheet: PasswordSheet, client: Client) -> bytes:
    response = client.get(f"/files/{sheet.file_id}/{sheet.file.name}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_everybody_chosen_gets_a_slip_that_works(office):
    people = [make_user("tiara"), make_user("bagas", role="lecturer")]
    address = order(office, *people)["Location"]
    sheet = run(PasswordSheet.objects.get().pk)

    assert "Unduh lembarnya" in office.get(address).text
    shown = texts(content(sheet, office))
    for person in people:
        person.refresh_from_db()
        assert person.username in shown
        assert any(check_password(text, person.password) for text in shown if "-" in text)
        assert person.must_change_password


def test_pressed_twice_is_one_sheet(office):
    person = make_user("tiara")
    answers = [order(office, person)["Location"] for _press in range(2)]
    assert answers[0] == answers[1]
    assert PasswordSheet.objects.count() == 1
    assert Job.objects.filter(kind=password_sheets.JOB).count() == 1


def test_who_signed_in_before_keeps_their_password_unless_asked(office):
    known, new = make_user("tiara"), make_user("bagas")
    enter(Client(), known)
    page = office.get(NEW, {"pk": [known.pk, new.pk]}).context
    assert (page["everybody"], page["fresh"]) == (2, 1)
    order(office, known, new, only_new="on")
    assert PasswordSheet.objects.get().people == [new.pk]
    order(office, known, new, idempotency_key="z" * 30)
    assert PasswordSheet.objects.last().people == [known.pk, new.pk]


def test_nobody_gets_what_the_maker_may_not_give(office):
    """Else the office prints itself the password of a super admin."""
    boss, ratna = make_user("boss", role="super_admin"), User.objects.get(username="ratna")
    closed = make_user("tiara", is_active=False)
    response = order(office, boss, ratna, closed)
    assert response.status_code == 422
    assert "pilih orang lain" in response.text
    assert not PasswordSheet.objects.exists()


def test_rights_lost_meanwhile_print_nothing(office):
    person = make_user("tiara")
    order(office, person)
    User.objects.filter(username="ratna").update(role="student")
    sheet = run(PasswordSheet.objects.get().pk)
    person.refresh_from_db()
    assert not person.must_change_password
    assert sheet.state == "done"


def test_all_of_a_filter(office):
    make_user("tiara")
    make_user("bagas", role="lecturer")
    office.post(NEW, {"all": "1", "role": "lecturer", "how": "sheet", "idempotency_key": "k"})
    (chosen,) = PasswordSheet.objects.get().people
    assert User.objects.get(pk=chosen).username == "bagas"


def test_too_many_are_refused_before_anything_happens(office, monkeypatch):
    monkeypatch.setattr(password_sheets, "MOST_PEOPLE", 1)
    response = order(office, make_user("tiara"), make_user("bagas"))
    assert response.status_code == 422
    assert "Persempit saringannya" in response.text


@pytest.mark.parametrize("pk", ["", "x", "-1", "9" * 30, "١", "\x00"])
def test_ids_that_are_none(office, pk):
    assert office.get(NEW, {"pk": pk}).context["everybody"] == 0


def test_sheet_is_its_makers_alone(office):
    """Else a colleague who counts through the numbers reads the passwords of a whole intake."""
    order(office, make_user("tiara"))
    sheet = run(PasswordSheet.objects.get().pk)
    page, file = f"/accounts/sheets/{sheet.pk}/", f"/files/{sheet.file_id}/x.pdf"
    for role in ("office", "super_admin", "lecturer"):
        other = enter(Client(), make_user(f"a-{role}", role=role))
        assert [other.get(address).status_code for address in (page, file)] == [404, 404]
        if role != "lecturer":
            assert list(other.get("/accounts/sheets/").context["sheets"]) == []
    for address in (page, file):
        assert Client().get(address)["Location"].startswith("/accounts/login/")
    assert [office.get(address).status_code for address in (page, file)] == [200, 200]
    assert list(office.get("/accounts/sheets/").context["sheets"]) == [sheet]


def test_who_looks_as_the_maker_gets_no_passwords(office):
    order(office, make_user("tiara"))
    sheet = run(PasswordSheet.objects.get().pk)
    boss = enter(Client(), make_user("boss", role="super_admin"))
    boss.post(
        f"/accounts/users/{sheet.maker_id}/act-as/", {"reason": "x", "idempotency_key": "a" * 30}
    )
    assert boss.get(f"/accounts/sheets/{sheet.pk}/").status_code == 200, "looks as the maker"
    assert boss.get(f"/files/{sheet.file_id}/x.pdf").status_code == 404


def test_file_goes_after_a_day(office):
    order(office, make_user("tiara"))
    sheet = run(PasswordSheet.objects.get().pk)
    removal = Job.objects.get(kind=password_sheets.REMOVAL)
    left = removal.due_at - timezone.now()
    assert 23.9 < left.total_seconds() / 3600 <= 24
    for _run in range(2):
        password_sheets.remove_sheet(**removal.payload)
    assert not StoredFile.objects.exists()
    assert "sudah dihapus" in office.get(f"/accounts/sheets/{sheet.pk}/").text


def test_worker_that_died_half_way_is_harmless(office, monkeypatch):
    """The passwords of the first run were seen by nobody; those of the sheet work."""
    person = make_user("tiara")
    order(office, person)
    pk = PasswordSheet.objects.get().pk
    real = password_sheets.draw

    def dies(*_facts: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(password_sheets, "draw", dies)
    with pytest.raises(MemoryError):
        run(pk)
    assert "terputus" in office.get(f"/accounts/sheets/{pk}/").text
    monkeypatch.setattr(password_sheets, "draw", real)
    shown = texts(content(run(pk), office))
    person.refresh_from_db()
    assert any(check_password(text, person.password) for text in shown if "-" in text)
    before = person.password
    run(pk)
    person.refresh_from_db()
    assert person.password == before, "a sheet that is done stays as it is"


def test_progress_is_shown_and_asked_for_again(office):
    order(office, make_user("tiara"))
    pk = PasswordSheet.objects.get().pk
    fragment = office.get(f"/accounts/sheets/{pk}/", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert 'hx-trigger="every 2s"' in fragment.text
    assert "Lembar cetak" in office.get("/accounts/sheets/").text


def test_job_is_known_and_done(office, django_capture_on_commit_callbacks):
    from isme.lib import jobs

    order(office, make_user("tiara"))
    job = Job.objects.get(kind=password_sheets.JOB)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert "-" not in str(job.payload), "no password in a job"


def test_twenty_one_slips_are_three_pages():
    slips = [Slip(f"Name {number}", "login", "abcd-efgh-jkmn") for number in range(21)]
    pdf = draw(slips, WORDS)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 3
    assert texts(pdf).count("abcd-efgh-jkmn") == 21


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("José Núñez", "José Núñez"),
        ("Şükrü", "Sükrü"),
        ("日本", "??"),
        ("a" * 200, None),
        ("(x)\\", None),
    ],
)
def test_any_name_can_be_printed(name, printed):
    if printed is not None:
        assert printable(name) == printed
    assert draw([Slip(name, name, "abcd")], WORDS).startswith(b"%PDF-")


def test_ordering_is_refused_to_who_lists_nobody():
    from accounts.errors import NotAllowed

    with pytest.raises(NotAllowed):
        password_sheets.order_sheet(people=[1], maker=make_user("tiara"), origin=Origin())
