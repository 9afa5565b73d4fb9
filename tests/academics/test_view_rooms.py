"""The rooms: found by everybody, kept by the office."""

import io
import zipfile

import pytest

from academics.models import Room
from isme.lib.models import Job
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.queries import page_queries

ROOMS = "/rooms/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return enter(client, make_user(role="office"))


def values(**changes):
    return {"code": "A101", "name": "Ruang Kuliah 1", "building": "A", "capacity": "40"} | changes


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize(("headers", "queries"), [({}, 2), ({"HX-Request": "true"}, 1)])
def test_list_query_budget(office, rows, headers, queries):
    make.RoomFactory.create_batch(rows)
    office.get("/dashboard/")  # warm
    with page_queries(queries):
        response = office.get(ROOMS, {"per_page": "100"}, headers=headers)
    assert len(response.context["listing"].page) == rows
    assert ("<html" in response.text) is (headers == {})


def test_list_filters_and_sorts(office):
    make.RoomFactory(code="B1", name="Lab", building="B", capacity=24)
    make.RoomFactory(code="A2", name="Aula", building="A", capacity=300)
    make.RoomFactory(code="A1", name="Kuliah", building="A", capacity=60)

    def codes(**query):
        return [room.code for room in office.get(ROOMS, query).context["listing"].page]

    assert codes() == ["A1", "A2", "B1"]
    assert codes(capacity="60") == ["A1", "A2"]
    assert codes(building="B") == ["B1"]
    assert codes(q="aul") == ["A2"]
    assert codes(sort="-capacity") == ["A2", "A1", "B1"]
    assert codes(capacity="many", sort="password", page="x") == ["A1", "A2", "B1"]
    assert "Tidak ada ruangan yang cocok" in office.get(ROOMS, {"q": "zzz"}).text


def test_export_has_the_filtered_rows_and_no_formula(office):
    make.RoomFactory(code="A1", name="=1+1", building="A")
    make.RoomFactory(code="B1", building="B")
    response = office.get(ROOMS, {"format": "xlsx", "building": "A"})
    book = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "A1" in sheet
    assert "=1+1" in sheet
    assert "<f>" not in sheet, "a name is never run by the program that opens it"
    assert sheet.count("<row ") == 2


def test_room_is_added_changed_and_deleted_with_a_trace(office):
    assert office.post(f"{ROOMS}new/", values()).status_code == 302
    room = Room.objects.get()
    edit = f"{ROOMS}{room.pk}/edit/"
    assert office.post(edit, values(capacity="50", version=room.version)).status_code == 302
    room.refresh_from_db()
    assert (room.capacity, room.version) == (50, 2)
    office.post(f"{ROOMS}{room.pk}/delete/")
    assert not Room.objects.exists()
    verbs = [job.payload["verb"] for job in Job.objects.filter(kind="accounts.audit_append")]
    assert [verb for verb in verbs if verb.startswith("room.")] == [
        "room.created",
        "room.changed",
        "room.deleted",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "TAKEN"}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "99999999999999999999"}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"name": "a\0b"}, "name"),
    ],
)
def test_bad_input_is_shown_at_its_field(office, changes, field):
    make.RoomFactory(code="TAKEN")
    response = office.post(f"{ROOMS}new/", values(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Room.objects.count() == 1


def test_the_same_press_twice_makes_one_room(office):
    form = values(idempotency_key="press-1")
    office.post(f"{ROOMS}new/", form)
    assert office.post(f"{ROOMS}new/", form).status_code == 302
    assert Room.objects.count() == 1


def test_the_second_editor_sees_what_the_first_saved(office):
    """Else two people of the office overwrite each other without knowing."""
    room = make.RoomFactory(code="A101", capacity=40)
    edit = f"{ROOMS}{room.pk}/edit/"
    office.post(edit, values(name="First", version=1))
    response = office.post(edit, values(name="Second", version=1))
    assert response.status_code == 409
    assert ("Nama", "First", "Second") in [
        tuple(map(str, row)) for row in response.context["conflicts"]
    ]
    room.refresh_from_db()
    assert room.name == "First"
    office.post(edit, values(name="Second", version=2))
    room.refresh_from_db()
    assert room.name == "Second"


def test_others_see_no_way_to_change(client):
    make.RoomFactory()
    enter(client, make_user(role="student"))
    text = client.get(ROOMS).text
    assert "/rooms/new/" not in text
    assert "/edit/" not in text
