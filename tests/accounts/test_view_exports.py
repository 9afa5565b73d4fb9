"""Lists to take away, who must wait at the door, and what the audit trail learns of it."""

import io
import json
import zipfile
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from accounts.errors import SignInDelayed, SignInRefused
from accounts.models import AuditEvent, User
from accounts.services import audit, people, throttle
from accounts.services.people import PersonFacts
from accounts.services.sign_in import sign_in
from accounts.views import exports
from accounts.views.audit import harmless
from isme.lib.audit import Origin
from isme.lib.models import Job
from isme.lib.redis import RedisAway, durable
from tests.conftest import VISIT, enter, make_user

EXPORT = "/accounts/users/export/"
TRAIL = "/accounts/audit/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Client:
    return enter(client, make_user("ratna", role="office"))


@pytest.fixture
def boss(client: Client) -> Client:
    return enter(client, make_user("boss", role="super_admin"))


def add(name: str, nim: str) -> User:
    facts = PersonFacts(
        name=name,
        role="student",
        identifiers={"nim": nim},
        profile={"intake_year": 2026, "level": 1, "status": "active", "gender": "male"},
    )
    return people.create_person(facts=facts, actor=User(role="super_admin"), origin=Origin())


def verbs() -> list[str]:
    return [str(job.payload.get("verb")) for job in Job.objects.order_by("pk")]


NAMES = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(response) -> list[list[str]]:
    """The sheet, row by row; whatever is not written as text fails."""
    book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert sheet.findall(".//s:f", NAMES) == [], "no formula"
    rows = []
    for row in sheet.iterfind(".//s:row", NAMES):
        found = {cell.get("r").rstrip("0123456789"): cell for cell in row.iterfind("s:c", NAMES)}
        rows.append({column: "".join(cell.itertext()) for column, cell in found.items()})
    return [[row.get(chr(ord("A") + place), "") for place in range(16)] for row in rows]


def event(number: int, **facts: object) -> AuditEvent:
    values = {"entry": f"e{number}", "verb": "account.changed", "subject": "account:1"}
    moment = facts.pop("at", "2026-11-25T03:00:00+00:00")
    return audit.append(
        at=datetime.fromisoformat(str(moment)),
        **{**values, "actor_id": None, "address": "", "device": "", "details": "{}", **facts},
    )


def test_export_holds_what_the_list_shows(office):
    add('=HYPERLINK("http://evil")', "2026101000001")
    add("Citra", "2026101000002")
    add("Bagas", "2026101000003")

    rows = cells(office.get(EXPORT + "?role=student&sort=-name"))

    assert rows[0][:2] == ["Nama", "Peran"]
    assert [row[0] for row in rows[1:]] == ["Citra", "Bagas", '=HYPERLINK("http://evil")']
    assert rows[1][rows[0].index("NIM")] == "2026101000002"
    assert "people.exported" in verbs()


def test_export_costs_the_same_for_one_and_many(office, django_assert_num_queries, monkeypatch):
    """Keys, the record and 2 for each batch of people: not one for each person."""
    monkeypatch.setattr(exports, "BATCH", 10)
    office.get("/accounts/users/")
    for number in range(3):
        add(f"Student {number}", f"202610100000{number}")
    with django_assert_num_queries(4):
        assert len(cells(office.get(EXPORT + "?role=student"))) == 4


def test_export_that_is_too_long_says_so(office, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    response = office.get(EXPORT + "?role=office", follow=True)
    assert "Persempit saringannya" in response.text
    assert response.request["QUERY_STRING"] == "role=office"


def test_eleventh_export_in_ten_minutes_waits(office):
    answers = [office.get(EXPORT + "?q=zzz").status_code for _press in range(11)]
    assert answers == [200] * 10 + [429]


def test_who_must_wait_is_shown_and_let_in(office):
    person = make_user("tiara")
    for _try in range(12):
        with pytest.raises((SignInRefused, SignInDelayed)):
            sign_in(login="tiara", password="wrong", remember=False, visit=VISIT)
    page = office.get("/accounts/throttled/")
    assert [row[0] for row in page.context["rows"]] == [person]

    page = office.post(f"/accounts/throttled/{person.pk}/lift/", follow=True)

    assert "boleh langsung mencoba lagi" in page.text
    assert page.context["rows"] == []
    office.post(f"/accounts/throttled/{person.pk}/lift/")
    assert verbs().count("throttle.lifted") == 1


def test_office_does_not_lift_a_super_admin(office):
    boss = make_user("boss", role="super_admin")
    assert office.post(f"/accounts/throttled/{boss.pk}/lift/").status_code == 404


def test_lift_while_redis_is_away_is_said(office, monkeypatch):
    person = make_user("tiara")

    def away(**_facts: object) -> None:
        raise RedisAway("test")

    monkeypatch.setattr(throttle, "lift_by", away)
    page = office.post(f"/accounts/throttled/{person.pk}/lift/", follow=True)
    assert "Coba lagi beberapa detik lagi" in page.text


@pytest.mark.parametrize("login", ["tiara", "nobody at all"])
def test_door_is_on_record_whether_the_name_exists_or_not(login, monkeypatch):
    """Else the trail is silent about a spray, or the work of a refusal tells who exists."""
    make_user("tiara")
    for _try in range(20):
        with pytest.raises((SignInRefused, SignInDelayed)):
            sign_in(login=login, password="wrong", remember=False, visit=VISIT)
    assert verbs().count("sign_in.refused") == 5
    assert verbs().count("sign_in.throttled") == 1, "once, however often they ask again"
    assert "nobody" not in json.dumps([job.payload for job in Job.objects.all()])


def test_sign_in_is_on_record(client):
    person = make_user("tiara")
    enter(client, person)
    (job,) = [job for job in Job.objects.all() if job.payload["verb"] == "sign_in.succeeded"]
    assert job.payload["subject"] == f"account:{person.pk}"
    assert job.payload["actor_id"] == person.pk


def test_throttled_is_recorded_once_without_redis_too(monkeypatch):
    from accounts.services import door_audit

    door_audit._remembered.clear()
    real = durable.ask

    def away(work: object) -> object:
        raise RedisAway("test")

    monkeypatch.setattr(durable, "ask", away)
    door_audit.held("u1", VISIT)
    door_audit.held("u1", VISIT)
    monkeypatch.setattr(durable, "ask", real)
    assert verbs().count("sign_in.throttled") == 1


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?since=2026-11-25", [2, 3]),
        ("?until=2026-11-24", [1]),
        ("?since=2026-11-25&until=2026-11-25", [2]),
        ("?since=2026-02-30", [1, 2, 3]),
        ("?since=0000-01-01&until=9999-12-31", [1, 2, 3]),
        ("?since=%00", [1, 2, 3]),
        ("?q=account:1&verb=account.changed", [1, 2, 3]),
        ("?verb=nothing", []),
    ],
)
def test_trail_by_days_of_the_faculty(boss, query, numbers):
    event(1, at="2026-11-24T16:59:59+00:00")  # 23.59 in Jakarta
    event(2, at="2026-11-24T17:00:00+00:00")
    event(3, at="2026-11-25T17:00:00+00:00")
    shown = boss.get(TRAIL + query + "&sort=oldest").context["events"].page
    assert [row.number for row in shown] == numbers


def test_trail_export_is_streamed_filtered_and_harmless(boss):
    event(1, device='=cmd|" /C calc"!A0')
    event(2, subject="account:2")
    response = boss.get(TRAIL + "export/?q=account:1")
    text = b"".join(response.streaming_content).decode()
    lines = text.removeprefix("\ufeff").splitlines()
    assert len(lines) == 2
    assert "'=cmd" in lines[1]
    assert "audit.exported" in verbs()


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_what_looks_like_a_formula_is_text(sign):
    assert harmless(f"{sign}1") == f"'{sign}1"
    assert harmless(f"1{sign}") == f"1{sign}"


def test_events_lead_to_their_person(boss):
    person = make_user("tiara")
    event(1, subject=f"account:{person.pk}")
    event(2, subject="people")
    page = boss.get(TRAIL).text
    assert f'href="/accounts/users/{person.pk}/"' in page
