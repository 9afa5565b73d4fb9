"""Each kind of list: what it takes, what it refuses, and that it comes in and goes out whole."""

import pytest

from academics.imports.choices import ImportState
from academics.models import Expertise, Room
from accounts.models import LecturerProfile, User
from tests.academics.importing import counts, problems, save, undo, upload, workbook
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return make_user("akademik", role="office")


# --- Rooms ---------------------------------------------------------------------------------------

ROOM_HEAD = ["id_ruangan", "nama", "kapasitas", "gedung", "keterangan"]


def test_rooms_come_in_change_and_go(office):
    first = save(
        upload(workbook([ROOM_HEAD, ["R1", "Satu", 40, "A", ""]]), kind="room", by=office)
    )
    assert first.state == ImportState.SAVED
    rows = [ROOM_HEAD, ["R1", "Satu", 50, "", "-"], ["R2", "Dua", 12, "", ""]]
    job = save(upload(workbook(rows), kind="room", by=office))
    assert counts(job) == (1, 1, 0, 0)
    assert Room.objects.get(code="R1").capacity == 50
    assert Room.objects.get(code="R1").building == "A"

    undo(job, office)
    assert list(Room.objects.values_list("code", "capacity")) == [("R1", 40)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["", "Satu", 40], ("code", "required")),
        (["R 1", "Satu", 40], ("code", "code")),
        (["R1", "", 40], ("name", "required")),
        (["R1", "Satu", 0], ("capacity", "whole")),
        (["R1", "Satu", "banyak"], ("capacity", "whole")),
        (["R1", "Satu", 12.5], ("capacity", "whole")),
        (["R1", "Satu", 40, "x" * 101], ("building", "too_long")),
        (["R1", "=cmd|' /C calc'!A0", 40], ("name", "formula")),
    ],
)
def test_bad_room_is_a_bad_cell(row, problem):
    name = "data.csv" if "=cmd" in str(row[1]) else "data.xlsx"
    content = workbook([ROOM_HEAD, row])
    if name == "data.csv":
        content = f"{';'.join(ROOM_HEAD)}\n{';'.join(map(str, row))}\n".encode()
    assert problems(upload(content, kind="room", name=name)) == [(2, *problem)]


# --- Lecturers -----------------------------------------------------------------------------------

LECTURER_HEAD = ["nid", "nidn", "nuptk", "nama", "username", "email", "telepon", "password"]
LECTURER_HEAD += ["kompetensi", "keahlian"]


def lecturer(nid: str = "11000123", **changes) -> list:
    row = {
        "nid": nid,
        "nidn": "-",
        "nuptk": "-",
        "nama": "dr. Ratna, Sp.A",
        "username": "",
        "email": "",
        "telepon": "0812",
        "password": "rahasia",
        "kompetensi": "PBL; CSR",
        "keahlian": "Anak, Gizi",
    }
    return list({**row, **changes}.values())


def test_lecturers_come_in_with_what_they_know_and_go(office):
    Expertise.objects.create(name="ANAK")
    job = save(upload(workbook([LECTURER_HEAD, lecturer()]), kind="lecturer", by=office))
    profile = LecturerProfile.objects.get()
    known = sorted(profile.expertise_rows.values_list("kind", "expertise__name"))
    assert known == [
        ("competence", "CSR"),
        ("competence", "PBL"),
        ("expertise", "ANAK"),
        ("expertise", "Gizi"),
    ]
    assert job.notices["counts"] == {
        "username_is_number": 1,
        "role_teacher": 1,
        "new_expertise": 3,
        "phone": 1,
        "password": 1,
    }
    rows = [LECTURER_HEAD, lecturer(keahlian="Gizi", nidn="0312098501")]
    change = save(upload(workbook(rows), kind="lecturer", by=office))
    assert counts(change) == (0, 1, 0, 0)
    assert profile.expertise_rows.filter(kind="expertise").get().expertise.name == "Gizi"

    undo(change, office)
    assert profile.expertise_rows.filter(kind="expertise").count() == 2
    undo(job, office)
    assert not User.objects.filter(role="lecturer").exists()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"keahlian": ""}, ("expertise", "required")),
        ({"kompetensi": ""}, ("competences", "needs_competence")),
        ({"keahlian": "standby", "kompetensi": "PBL"}, ("competences", "standby_alone")),
        ({"keahlian": "standby, Anak"}, ("expertise", "standby_alone")),
        ({"nuptk": "abc"}, ("nuptk", "only_digits")),
        ({"nid": 1234567890123456}, ("nid", "rounded")),
        ({"nid": "1,23E+10"}, ("nid", "shortened")),
        ({"username": "josé"}, ("username", "username")),
    ],
)
def test_bad_lecturer_is_a_bad_cell(changes, problem):
    job = upload(workbook([LECTURER_HEAD, lecturer(**changes)]), kind="lecturer")
    assert problems(job) == [(2, *problem)]


# --- Staff ---------------------------------------------------------------------------------------


def test_staff_come_in_as_the_office(office):
    head = ["nip", "nama", "username", "email", "telepon", "keterangan", "password"]
    row = ["198507232010122002", "Sri", "sri", "sri@kampus.example", "", "Staf akademik", "x"]
    save(upload(workbook([head, row]), kind="staff", by=office))
    user = User.objects.get(username="sri")
    assert (user.role, user.note) == ("office", "Staf akademik")
    assert not user.has_usable_password()
