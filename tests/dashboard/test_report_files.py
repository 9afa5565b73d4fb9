"""Reports as PDF: drawn once by a worker, with every row, and for nobody but who ordered them."""

import datetime as dt
import re
import zlib

import pytest
from django.utils import timezone

from accounts.choices import Role
from dashboard.selectors.report_files import DRAW, far
from dashboard.services import report_files
from isme.lib import jobs, printing, reports
from isme.lib.models import Job, StoredFile
from isme.lib.models.job import JobState
from isme.lib.progress import heard
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db
SLUGS = [report.slug for report in reports.every()]


@pytest.fixture
def office(client):
    client.who = make_user("akademik1", role=Role.OFFICE)
    return enter(client, client.who)


def text_of(pdf: bytes) -> str:
    """What is written on the pages, in order."""
    pages = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    drawn = b"\n".join(zlib.decompress(page) for page in pages if page[:1] == b"x")
    written = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", drawn)
    return "\n".join(re.sub(rb"\\(.)", rb"\1", one).decode("latin-1") for one in written)


def content(client, page: str) -> bytes:
    address = re.search(r'href="(/files/[^"]+)"', page)[1]
    return b"".join(client.get(address).streaming_content)


def order(client, slug: str, query: str = "") -> str:
    key = client.get(f"/reports/{slug}/{query}").context["idempotency_key"]
    path = f"/reports/{slug}/pdf/{query}"
    first, second = (client.post(path, {"idempotency_key": key}) for _press in range(2))
    assert first["Location"] == second["Location"], "pressed twice, made twice"
    return first["Location"]


def draw() -> None:
    for pk in Job.objects.filter(kind=DRAW, state=JobState.PENDING).values_list("pk", flat=True):
        assert jobs.run(pk)


@pytest.mark.parametrize("slug", SLUGS)
def test_pdf_has_what_the_page_has(office, slug):
    offering = make.CourseOfferingFactory()
    make.ClassMemberFactory(course_class=make.ClassFactory(offering=offering))
    make.TeachingRoleFactory(offering=offering)
    waiting = order(office, slug)
    assert "every 2s" in office.get(waiting).text
    draw()
    page = office.get(waiting).text
    written = text_of(content(office, page))
    shown = office.get(f"/reports/{slug}/")
    assert str(reports.get(slug).title) in written
    for line in shown.context["lines"]:
        for cell in line:
            if isinstance(cell["value"], str | int) and cell["value"] != "":
                assert printing.printable(str(cell["value"]))[:12] in written, cell


def test_filters_and_order_of_the_address_hold(office):
    make.StudentFactory(level=1)
    make.StudentFactory(level=5, status="inactive")
    waiting = order(office, "students", "?status=inactive&sort=-level")
    draw()
    written = text_of(content(office, office.get(waiting).text))
    assert "Semester 5" in written
    assert "Semester 1" not in written


def test_only_who_ordered_it_sees_it(office, client):
    waiting = order(office, "students")
    draw()
    address = re.search(r'href="(/files/[^"]+)"', office.get(waiting).text)[1]
    enter(client, make_user("other1", role=Role.OFFICE))
    assert client.get(waiting).status_code == 404
    assert client.get(address).status_code == 404


def test_who_lost_the_right_meanwhile_gets_nothing(office):
    order(office, "students")
    office.who.role = Role.LECTURER
    office.who.save(update_fields=["role"])
    draw()
    assert not StoredFile.objects.exists()


def test_worker_that_died_after_drawing_stores_nothing_twice(office):
    order(office, "students")
    draw()
    job = Job.objects.get(kind=DRAW)
    report_files.draw(**job.payload)
    assert StoredFile.objects.count() == 1


def test_drawing_that_fails_says_so_and_loses_nothing(office, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(printing, "table", broken)
    waiting = order(office, "students")
    for _attempt in range(jobs.MOST_ATTEMPTS):
        Job.objects.filter(kind=DRAW).update(due_at=timezone.now())
        draw_once = Job.objects.get(kind=DRAW)
        jobs.run(draw_once.pk)
    assert Job.objects.get(kind=DRAW).state == JobState.DEAD
    page = office.get(waiting)
    assert page.status_code == 200
    assert "Tidak ada yang hilang" in page.text
    assert "every 2s" not in page.text


def test_file_is_deleted_after_its_day_and_the_page_says_so(office):
    waiting = order(office, "students")
    draw()
    removal = Job.objects.get(kind=report_files.REMOVE)
    assert dt.timedelta(hours=23) < removal.due_at - timezone.now() <= dt.timedelta(days=1)
    Job.objects.filter(pk=removal.pk).update(due_at=timezone.now())
    assert jobs.run(removal.pk)
    assert not StoredFile.objects.exists()
    assert "Minta lagi" in office.get(waiting).text


def test_page_tells_how_far_the_worker_is(office, monkeypatch):
    monkeypatch.setattr(printing, "STEP", 2)
    told = []
    for level in (1, 3, 5, 7):
        make.StudentFactory(level=level)
    waiting = order(office, "students")
    token = waiting.strip("/").split("/")[-1]
    real = printing._line

    def line(*args):
        real(*args)
        told.append(heard(far(token)))

    monkeypatch.setattr(printing, "_line", line)
    draw()
    assert told == [(0, 4), (0, 4), (2, 4), (2, 4)]


def test_long_tables_break_over_pages_with_their_head_on_each():
    sheet = printing.Sheet("Judul", ["Semua"], "Halaman %(page)s dari %(pages)s", "Kosong")
    heads = [printing.Head("Nama"), printing.Head("Jumlah", numeric=True)]
    rows = [[f"Orang {number} ☃ Çelik", number] for number in range(100)]
    pdf = printing.table(sheet, heads, rows)
    written = text_of(pdf)
    pages = len(re.findall(rb"/Type /Page\b", pdf))
    assert pages > 2
    assert written.count("Nama") == pages
    assert f"Halaman 1 dari \n{pages}" in written
    assert "Orang 99 ? Çelik" in written
