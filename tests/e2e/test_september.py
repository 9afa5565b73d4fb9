"""An office worker's September: from an empty faculty to a term that runs, in a browser."""

import re
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from academics.models import ImportJob, Term
from accounts.models import StudentProfile
from tests.academics.importing import STUDENT_HEAD, student, work, workbook

WRONG, ALL = 25, 30
ROOMS = [["kode ruangan", "nama", "kapasitas", "gedung"], ["A101", "Ruang Tutorial 1", 16, "A"]]
COURSES = [
    ["kode", "nama", "semester", "jenis", "tipe_non_block", "kurikulum", "blok"],
    ["MKB26101", "Biologi Sel", 1, "Blok", "", 2026, 1],
    ["MKU26101", "Bahasa Inggris", 1, "Non Blok", "Non-CSR", 2026, ""],
]
LECTURERS = [
    ["nid", "nama", "username", "email", "kompetensi", "keahlian"],
    ["11000123", "dr. Citra Siregar", "citra", "citra@kampus.example", "PBL", "Anatomi"],
]
SAVED = re.compile(r"/people/import/\d+/$")


def bring_in(visitor, kind: str, content: bytes, term: str = "") -> ImportJob:
    """Upload a file by the form, and let the worker read it."""
    page = visitor.page
    page.goto(f"/people/import/?kind={kind}")
    if term:
        page.select_option("form.upload [name=term]", term)
    file = {"name": f"{kind}.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files("form.upload [name=file]", file)
    page.click("form.upload [type=submit]")
    expect(page).to_have_url(SAVED)
    return read(page)


def read(page) -> ImportJob:
    """Do what the worker would, and look again at what came out."""
    expect(page.locator("#working")).to_be_visible()
    job = work(ImportJob.objects.latest("pk"))
    page.goto(page.url)
    expect(page.locator(".workbar")).to_be_visible()
    return job


def save(page, job: ImportJob, *, watched: bool = False) -> None:
    """Save it; a ``watched`` page asks each second by itself and shows when it is done."""
    page.click(".workbar .btn--primary")
    expect(page.locator("#working")).to_be_visible()
    work(job)
    if not watched:
        page.goto(page.url)
    expect(page.locator("#working")).to_have_count(0)
    expect(page.locator(".steps li.is-done")).to_have_count(3)


def mended(marked: Path) -> bytes:
    """What the office does in Excel: the red cells are typed again."""
    book = openpyxl.load_workbook(marked)
    sheet = book.active
    head = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, head["IPK"]).value = "3,10"
    book.save(marked)
    return marked.read_bytes()


def import_students(visitor, folder: Path) -> None:
    """The first file has 25 wrong cells; the marked one is mended and comes in whole."""
    page = visitor.page
    rows = [student(n, IPK="9,9" if n <= WRONG else "3,25") for n in range(1, ALL + 1)]
    job = bring_in(visitor, "student", workbook([STUDENT_HEAD, *rows]))
    expect(page.locator(".tally .bad dd")).to_have_text(str(WRONG))
    expect(page.locator(".workbar .btn--primary")).to_be_disabled()
    expect(page.locator("#rows")).to_contain_text("9,9")
    with page.expect_download() as download:
        page.click("a[href*='/files/']")
    marked = folder / "marked.xlsx"
    download.value.save_as(marked)
    file = {"name": "benar.xlsx", "mimeType": "application/octet-stream", "buffer": mended(marked)}
    page.set_input_files("form[action$='/replace/'] [name=file]", file)
    before = page.url
    page.click("form[action$='/replace/'] [type=submit]")
    expect(page).not_to_have_url(before)
    assert ImportJob.objects.get(pk=job.pk).state == "discarded"
    job = read(page)
    expect(page.locator(".tally .good dd")).to_have_text(str(ALL))
    save(page, job, watched=True)


def test_september(visit, faculty, tmp_path):
    """Else the office finds out in September at which step the year can't be begun."""
    visitor = visit()
    visitor.enter(faculty["office"])
    page = visitor.page

    page.goto("/terms/")
    page.click("a[href='/terms/new/']")
    page.fill("[name=first_year]", "2031")
    page.click("main form [type=submit]")
    expect(page.locator("#list")).to_contain_text("Ganjil 2031/2032")
    odd = Term.objects.get(year__first_year=2031, kind="odd")

    save(page, bring_in(visitor, "room", workbook(ROOMS)))
    heads = [[*COURSES[0], "peran_dalam_kurikulum", "keahlian_required"]]
    courses = heads + [[*row, "Tutor PBL", "Anatomi"] for row in COURSES[1:]]
    save(page, bring_in(visitor, "course", workbook(courses)))
    save(page, bring_in(visitor, "lecturer", workbook(LECTURERS)))
    import_students(visitor, tmp_path)
    assert StudentProfile.objects.filter(user__name__startswith="Mahasiswa Baru").count() == ALL

    open_courses(page, odd)
    deal_groups(page, odd)
    add_class(page, odd)
    page.goto(f"/terms/{odd.pk}/activate/")
    expect(page.locator("main")).to_contain_text(str(ALL))
    page.click("main form .btn--primary")
    expect(page.locator("#list tr", has_text="Ganjil 2031/2032")).to_contain_text("Aktif")
    assert not visitor.troubles


def open_courses(page, term: Term) -> None:
    page.goto("/terms/")
    page.click(f"a[href='/terms/{term.pk}/courses/']")
    for name in ("MKB26101", "MKU26101"):
        page.get_by_label(re.compile(name)).check()
    page.click("main form [type=submit]")
    expect(page).to_have_url(re.compile(r"/courses/\?term="))
    expect(page.locator("#list")).to_contain_text("MKB26101")


def add_class(page, term: Term) -> None:
    """One that follows the large group, so nobody types its members."""
    page.goto(f"/courses/MKB26101/?term={term.pk}")
    page.click("a[href^='/classes/new/']")
    page.fill("[name=name]", "Kelas besar")
    page.fill("[name=capacity]", "60")
    page.select_option("[name=group]", label="Angkatan 2031")
    page.click("main form [type=submit]")
    expect(page.locator("main")).to_contain_text("Kelas besar")
    expect(page.locator("main")).to_contain_text(f"{ALL}")


def deal_groups(page, term: Term) -> None:
    """A large group of the level, dealt into three as the preview shows it."""
    page.goto("/groups/new/")
    page.select_option("[name=term]", str(term.pk))
    page.select_option("[name=level]", "1")
    page.fill("[name=name]", "Angkatan 2031")
    page.click("main form [type=submit]")
    expect(page.locator("h1")).to_have_text("Angkatan 2031")
    page.click("a[href$='/deal/']")
    page.fill("[name=groups]", "3")
    page.click("main form[method=get] [type=submit]")
    expect(page.locator("main tbody tr")).to_have_count(3)
    expect(page.locator("main tbody tr").first).to_contain_text("10")
    page.click("main form[method=post] .btn--primary")
    expect(page.locator(".board__column h2")).to_have_count(3)
