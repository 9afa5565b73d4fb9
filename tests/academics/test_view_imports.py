"""The pages of imports: from the upload to the undo as an office worker goes, in a browser's way."""

import io
import re
from html import unescape

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from academics.imports import preview, progress
from academics.imports.choices import ImportState
from academics.imports.headers import Layout, drafts
from academics.imports.reading import read
from academics.imports.registry import KINDS, kind_named
from academics.models import ImportJob, Room
from academics.services import imports
from accounts.models import User
from isme.lib import uploads
from isme.lib.models import Job
from isme.lib.models.job import JobState
from isme.lib.rates import Rate
from tests.academics.importing import student, students, upload, work, workbook
from tests.conftest import enter, make_user

LIST = "/people/import/"
HEAD = ["id_ruangan", "nama", "kapasitas"]
LIST_QUERIES = 2  # count, rows with their people
STAGED_QUERIES = 3  # the import with its people and files, count, rows
pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    user = make_user("akademik", role="office")
    enter(client, user)
    return user


def rooms(*rows: list) -> SimpleUploadedFile:
    return SimpleUploadedFile("ruangan.xlsx", workbook([HEAD, *rows]))


def detail(job: ImportJob) -> str:
    return reverse("academics:import_detail", args=[job.pk])


def staged(office: User, *rows: list) -> ImportJob:
    return upload(workbook([HEAD, *rows]), kind="room", by=office)


# --- The whole way -------------------------------------------------------------------------------


def test_way_from_upload_to_undo(client, office):
    response = client.post(f"{LIST}?kind=room", {"file": rooms(["R1", "Satu", 40])})
    job = ImportJob.objects.get()
    assert response["Location"] == detail(job)
    assert "Sedang dibaca" in client.get(detail(job)).text

    work(job)
    page = client.get(detail(job)).text
    assert "Periksa sebelum disimpan" in page
    assert "Simpan 1 baris" in page
    client.post(f"{detail(job)}save/")
    assert "Sedang disimpan" in client.get(detail(job)).text
    work(job)
    assert "1 baris tersimpan" in client.get(detail(job)).text
    assert Room.objects.get().capacity == 40

    assert "Batalkan impor ruangan.xlsx?" in client.get(f"{detail(job)}undo/").text
    client.post(f"{detail(job)}undo/")
    work(job)
    assert "sudah dibatalkan" in client.get(detail(job)).text
    assert not Room.objects.exists()


def test_saved_people_are_a_press_away_from_their_passwords(client, office):
    """Else the office looks for them in a list of all, or issues passwords to everybody."""
    before = upload(students(student(1), student(2)), by=office)
    client.post(f"{detail(before)}save/")
    work(before)
    job = upload(students(student(2, Nama="Bima Baru"), student(3)), by=office)
    client.post(f"{detail(job)}save/")
    work(job)

    address = f"/accounts/sheets/new/?all=1&amp;among=import-new:{job.pk}"
    page = client.get(detail(job)).text
    assert f'href="{address}"' in page
    response = client.get(unescape(address))
    assert response.status_code == 200
    assert (response.context["everybody"], response.context["fresh"]) == (1, 1)

    result = f"/accounts/users/?among=import:{job.pk}"
    assert f'href="{result}"' in page
    listed = client.get(result)
    assert len(listed.context["rows"]) == 2
    assert "Dari impor data.xlsx" in listed.text
    sheet = client.get(f"/accounts/users/export/?among=import:{job.pk}")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert book.active.max_row == 3, "two and the head"

    client.post(f"{detail(job)}undo/")
    work(job)
    assert client.get(result).context["people"].page.paginator.count == 1, "who was there before"
    assert address not in client.get(detail(job)).text


def test_pressing_upload_twice_is_one_import(client, office):
    key = {"idempotency_key": "the same form"}
    first = client.post(f"{LIST}?kind=room", {"file": rooms(["R1", "Satu", 40]), **key})
    second = client.post(f"{LIST}?kind=room", {"file": rooms(["R1", "Satu", 40]), **key})
    assert first["Location"] == second["Location"]
    assert ImportJob.objects.count() == 1


def test_two_who_press_save_at_once_save_once(client, office):
    job = staged(office, ["R1", "Satu", 40])
    client.post(f"{detail(job)}save/")
    client.post(f"{detail(job)}save/")
    assert Job.objects.filter(kind=imports.SAVE).count() == 1
    assert work(job).state == ImportState.SAVED


def test_bad_cells_say_why_where_they_are(client, office):
    job = staged(office, ["R1", "Satu", 40], ["R 2", "Dua", "banyak"])
    page = client.get(detail(job)).text
    assert "1 dari 2 baris perlu diperbaiki" in page
    assert "banyak" in page
    why = "Isi dengan bilangan bulat dari 1 sampai 10000."
    page = page.replace("10.000", "10000")
    assert page.count(why) == 2  # in the cell, and beside the row's number: columns are many
    assert f"Kapasitas: {why}" in page
    assert "disabled" in page[page.index(">Buang<") :]
    client.post(f"{detail(job)}save/")
    assert not Room.objects.exists()


def test_bad_cell_shows_its_reason_once(client, office):
    """Else every reason is read twice; a cell that is out of sight has it beside the row."""
    job = staged(office, ["R2", "Dua", "banyak"])
    cell = client.get(detail(job)).text.split('class="is-bad"')[1].split("</td>")[0]
    (shown,) = re.findall(r'<span\s+class="sr"\s*>(.*?)</span>', cell)
    assert shown.startswith("Isi dengan bilangan bulat")
    assert cell.count("Isi dengan") == 1


@pytest.mark.parametrize("typed", ["3,2", "3.2", 3.2])
def test_fractions_are_written_as_everywhere(office, typed):
    """Else one page says 3.2 and the next 3,20 of the same student."""
    job = upload(students(student(1, IPK=typed)), by=office)
    columns = preview.columns_of(job, kind_named("student"))
    (row,) = preview.views(job.staged_rows.all(), columns)
    assert [cell.text for cell in row.cells if cell.label == "IPK"] == ["3,20"]


def test_discarded_file_says_why_and_where_to_go_on(client, office):
    """Else there is an empty page under "2. Check", and nobody knows what became of the file."""
    first = staged(office, ["R1", "Satu", 40])
    newer = upload(workbook([HEAD, ["R1", "Satu", 50]]), kind="room", by=office, replaces=first.pk)
    page = client.get(detail(first)).text
    assert "Berkas yang lebih baru menggantikannya pada" in page
    assert f'href="{detail(newer)}"' in page
    assert 'class="steps"' not in page
    client.post(f"{detail(newer)}discard/")
    page = client.get(detail(newer)).text
    assert "Dibuang oleh pengguna pada" in page
    assert f'href="{LIST}?kind=room"' in page
    waited = staged(office, ["R1", "Satu", 40])
    imports.forget(import_id=waited.pk)
    assert "Menunggu 90 hari lalu dibuang" in client.get(detail(waited)).text
    ImportJob.objects.filter(pk=waited.pk).update(notices={})
    assert "Dibuang sebelum disimpan" in client.get(detail(waited)).text


def test_file_comes_back_with_its_bad_cells_marked(client, office):
    job = staged(office, ["R1", "=1+1", 40], ["R 2", "Dua", "banyak"])
    address = reverse("stored_file", args=[job.marked_file_id, job.marked_file.name])
    content = b"".join(client.get(address).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["C3"].comment.text.startswith("Isi dengan bilangan bulat")
    assert sheet["C3"].fill.fgColor.rgb.endswith("F8D0C8")
    assert sheet["C2"].comment is None
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value == "'=1+1"


def test_marked_file_that_was_mended_comes_in(client, office):
    job = staged(office, ["R1", "=1+1", 40], ["R2", "Dua", "banyak"])
    stored = job.marked_file
    with default_storage.open(stored.path) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()))
    book.active["B2"], book.active["C3"] = "Satu", 12
    target = io.BytesIO()
    book.save(target)
    mended = SimpleUploadedFile("ruangan-periksa.xlsx", target.getvalue())
    response = client.post(f"{detail(job)}replace/", {"file": mended})
    second = work(ImportJob.objects.get(replaces=job))
    assert response["Location"] == detail(second)
    assert (second.rows_new, second.rows_wrong, second.notices["unknown"]) == (2, 0, [])
    assert list(client.get(LIST).context["history"].page) == [second]


# --- Refused uploads -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Pilih berkas."),
        (("kosong.xlsx", b""), "kosong"),
        (("a.xlsx", b"%PDF-1.7"), "format"),
        (("a.pdf", b"PK\x03\x04"), "format"),
        (("a.xlsx.exe", b"PK\x03\x04"), "format"),
        (("a.xlsm", b"PK\x03\x04"), "format"),
        (("a.csv", b"PK\x03\x04\0\0\0\0"), "format"),
        (("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "format"),
        (("a.csv", b"x" * (10 * 1024 * 1024 + 1)), "terlalu besar"),
    ],
)
def test_refused_upload_says_why_at_its_field(client, office, file, words):
    data = {"file": SimpleUploadedFile(*file)} if file else {}
    response = client.post(f"{LIST}?kind=room", data)
    assert response.status_code == 422
    assert words in response.text
    assert not ImportJob.objects.exists()


def test_file_that_can_t_be_read_is_refused_in_words(client, office):
    job = upload(b"PK\x03\x04 no zip", kind="room", by=office)
    page = client.get(detail(job)).text
    assert "Berkas ini rusak" in page
    assert "Unggah ulang" in page


def test_waiting_files_of_one_person_have_a_limit(client, office, monkeypatch):
    monkeypatch.setattr(imports, "MOST_OPEN", 1)
    staged(office, ["R1", "Satu", 40])
    response = client.post(f"{LIST}?kind=room", {"file": rooms(["R2", "Dua", 40])})
    assert response.status_code == 422
    assert "Terlalu banyak berkas" in response.text


# --- Progress ------------------------------------------------------------------------------------


def test_progress_asks_for_itself_and_gives_way_to_the_whole_when_done(client, office):
    job = staged(office, ["R1", "Satu", 40])
    client.post(f"{detail(job)}save/")
    job.refresh_from_db()
    progress.teller(job.pk, job.run, 40)(10)
    headers = {"HX-Request": "true", "HX-Target": "working"}
    part = client.get(detail(job), headers=headers)
    assert "10 dari 40 baris" in part.text
    assert 'value="25"' in part.text
    assert "<h1" not in part.text
    assert "HX-Retarget" not in part
    work(job)
    whole = client.get(detail(job), headers=headers)
    assert whole["HX-Retarget"] == "#import"
    assert "<h1" in whole.text
    assert "<html" not in whole.text


def test_work_that_failed_three_times_says_so_and_can_be_asked_again(client, office):
    job = staged(office, ["R1", "Satu", 40])
    client.post(f"{detail(job)}save/")
    Job.objects.filter(kind=imports.SAVE).update(
        state=JobState.DEAD, finished_at="2026-11-25T00:00Z"
    )
    assert "Tiga kali belum berhasil" in client.get(detail(job)).text
    client.post(f"{detail(job)}resume/")
    job.refresh_from_db()
    assert job.state == ImportState.STAGED
    client.post(f"{detail(job)}save/")
    assert work(job).state == ImportState.SAVED


# --- Lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_history_query_budget(client, office, django_assert_num_queries, number):
    for _ in range(number):
        staged(office, ["R1", "Satu", 40])
    client.get("/dashboard/")  # warm
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(f"{LIST}?kind=room")
    assert len(response.context["history"].page) == number


@pytest.mark.parametrize("number", [1, 3])
def test_preview_query_budget(client, office, django_assert_num_queries, number):
    job = staged(office, *(["R" + str(n), "Satu", 40] for n in range(number)))
    client.get("/dashboard/")
    with django_assert_num_queries(STAGED_QUERIES):
        response = client.get(detail(job))
    assert len(response.context["row_views"]) == number


def test_history_filters_and_sorts(client, office):
    staged(office, ["R1", "Satu", 40])
    other = upload(b"PK\x03\x04", kind="student", by=office, name="mahasiswa.xlsx")
    found = client.get(f"{LIST}?q=mahasiswa").context["history"].page
    assert list(found) == [other]
    assert list(client.get(f"{LIST}?only=student&state=refused").context["history"].page) == [
        other
    ]
    assert "Tidak ada impor yang cocok" in client.get(f"{LIST}?q=zzz").text
    names = [j.file_name for j in client.get(f"{LIST}?sort=name").context["history"].page]
    assert names == ["data.xlsx", "mahasiswa.xlsx"]


def test_empty_history_says_how_to_begin(client, office):
    assert "Belum ada yang diimpor" in client.get(LIST).text


def test_rows_are_filtered_searched_and_paged(client, office):
    rows = [[f"R{n}", f"Ruang {n}", n or "x"] for n in range(120)]
    job = staged(office, *rows)
    assert [v.number for v in client.get(detail(job)).context["row_views"]] == [2]
    every = client.get(f"{detail(job)}?show=all&page=3").context["row_views"]
    assert len(every) == 20
    found = client.get(f"{detail(job)}?show=new&q=Ruang 77").context["row_views"]
    assert [view.number for view in found] == [79]
    part = client.get(
        f"{detail(job)}?show=all", headers={"HX-Request": "true", "HX-Target": "rows"}
    )
    assert "<h1" not in part.text
    for bad in ("page=0", "page=x", "show=%00", "q=%00", "per_page=9999"):
        assert client.get(f"{detail(job)}?{bad}").status_code == 200


def test_html_in_a_cell_is_shown_as_text(client, office):
    job = staged(office, ["R1", "<script>alert(1)</script>", "x"])
    assert "<script>alert" not in client.get(detail(job)).text


# --- Rights --------------------------------------------------------------------------------------


def test_office_neither_sees_nor_uploads_staff(client, office):
    boss = make_user("admin", role="super_admin")
    job = upload(workbook([["nip", "nama"], ["1980", "x"]]), kind="staff", by=boss)
    assert client.get(detail(job)).status_code == 404
    assert client.get(reverse("academics:import_template", args=["staff"])).status_code == 404
    assert "Staf" not in [str(tab.label) for tab in client.get(LIST).context["tabs"]]
    client.post(f"{LIST}?kind=staff", {"file": rooms(["R1", "Satu", 40])})
    assert not ImportJob.objects.filter(kind="staff").exclude(pk=job.pk).exists()
    stored = reverse("stored_file", args=[job.file_id, job.file_name])
    assert client.get(stored).status_code == 404


def test_files_of_an_import_are_the_office_s_alone(client):
    boss = make_user("admin", role="super_admin")
    job = upload(students(student(1)), by=boss)
    address = reverse("stored_file", args=[job.file_id, job.file_name])
    enter(client, make_user("dosen", role="lecturer"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_template_of_each_kind_has_the_headers_that_its_import_reads(client, kind):
    enter(client, make_user("admin", role="super_admin"))
    response = client.get(reverse("academics:import_template", args=[kind]))
    assert "attachment" in response["Content-Disposition"]
    layout = Layout(kind_named(kind))
    assert list(drafts(read(io.BytesIO(response.content), suffix=".xlsx"), layout)) == []
    assert layout.present == {column.name for column in layout.kind.columns}
    assert len(layout.sheets_skipped) == 1


def test_help_sheet_of_a_template_is_no_sheet_left_out():
    """Else everybody who fills in a template is warned of a sheet that nobody wanted to read."""
    job = ImportJob(kind="room", notices={"skipped": ["Cara mengisi", "How to fill it in"]})
    assert preview.notices(job) == []
    job.notices["skipped"].append("Arsip")
    assert "Arsip." in preview.notices(job)[0]


def test_too_many_files_in_a_row_must_wait(client, office, monkeypatch):
    """Else one account keeps the workers busy with spreadsheets for as long as it likes."""
    monkeypatch.setattr(uploads, "RATE", Rate("uploads", 1, 600))
    sent = [
        client.post(f"{LIST}?kind=room", {"file": rooms([f"R{number}", "Satu", 40])})
        for number in range(2)
    ]
    assert [response.status_code for response in sent] == [302, 429]
    assert int(sent[1]["Retry-After"]) > 0
    assert ImportJob.objects.count() == 1
