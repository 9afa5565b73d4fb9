"""Reports tell the office the truth: each figure equals a direct count, whatever the filters."""

import datetime as dt
import io
import re
from collections import Counter

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from academics.choices import STRUCTURE, TeachingKind, TermKind
from academics.models import Class, Material, TeachingRole
from accounts.choices import Role, StudentStatus
from accounts.models import StudentProfile
from accounts.services.accounts import PEOPLE
from forum.choices import PostState
from forum.models import ForumCategory, Post, Thread
from forum.models.fields import SEGMENT_BYTES
from isme.lib import reports, versions
from isme.lib.models import StoredFile
from tests.conftest import enter, make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db
SLUGS = [report.slug for report in reports.every()]


@pytest.fixture
def office(client):
    return enter(client, make_user("akademik1", role=Role.OFFICE))


def lines(html: str) -> list[list[str]]:
    """The cells of the report's table, as text."""
    body = (
        html.split('class="table table--cards"')[1]
        .split("</table>", maxsplit=1)[0]
        .split("<tbody>")[1]
    )
    rows = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>")
    ]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in rows if row]


def a_course_with_everything():
    """One row for each report: a class with a student, a lecturer, a room, a forum with a post."""
    offering = make.CourseOfferingFactory()
    member = make.ClassMemberFactory(course_class=make.ClassFactory(offering=offering))
    make.TeachingRoleFactory(offering=offering, kind=TeachingKind.COORDINATOR)
    make.RoomFactory()
    category = ForumCategory.objects.create(
        name=offering.course.code, slug=f"c{offering.pk}", offering=offering
    )
    write(category, member.student.user)
    for name in (STRUCTURE, PEOPLE):  # as the services do
        versions.bump(name)
    return offering


def write(category, author, **more):
    thread = Thread.objects.create(category=category, author=author, title="Tanya")
    for number in range(2):
        Post.objects.create(
            thread=thread,
            author=author,
            number=number,
            path=b"a" * SEGMENT_BYTES * number,
            depth=number,
            body="x",
            html="x",
            markup_version=1,
            **more,
        )


@pytest.mark.parametrize("slug", SLUGS)
def test_cost_of_a_report_does_not_grow_with_its_rows(office, slug):
    address = f"/reports/{slug}/?term=all"
    a_course_with_everything()
    office.get(address)
    with CaptureQueriesContext(connection) as one:
        assert len(lines(office.get(address).text)) == 1
    for level in (2, 3):
        a_course_with_everything()
        make.StudentFactory(level=level)
    with CaptureQueriesContext(connection) as many:
        assert len(lines(office.get(address).text)) >= 3
    assert len(many) <= len(one)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_order_sheet_and_empty_page_works(office, slug, django_capture_on_commit_callbacks):
    assert "Tidak ada baris laporan" in office.get(f"/reports/{slug}/").text
    with django_capture_on_commit_callbacks(execute=True):
        a_course_with_everything()
    for sort in reports.get(slug).orders:
        assert len(lines(office.get(f"/reports/{slug}/", {"sort": sort, "term": "all"}).text)) == 1
    sheet = office.get(f"/reports/{slug}/?format=xlsx&term=all")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert book.active.max_row == 2
    bars = 0 if slug == "completeness" else 1  # the course has no material
    assert office.get(f"/reports/{slug}/?format=csv&term=all").text.count("\r\n") == bars + 1


def test_unknown_report_and_values_break_nothing(office):
    assert office.get("/reports/nothing/").status_code == 404
    assert office.get("/reports/teaching/?term=9x&sort=%00&page=-1").status_code == 200


def test_students_are_counted_by_level_and_status(office):
    for level, status in ((1, "active"), (1, "active"), (1, "left"), (3, "active")):
        make.StudentFactory(level=level, status=status)
    found = lines(office.get("/reports/students/").text)
    assert [[row[0], row[2]] for row in found] == [
        ["Semester 1", "2"],
        ["Semester 1", "1"],
        ["Semester 3", "1"],
    ]
    found = lines(office.get("/reports/students/?status=left").text)
    assert [row[2] for row in found] == ["1"]
    total = StudentProfile.objects.filter(status=StudentStatus.ACTIVE).count()
    csv = office.get("/reports/students/?format=csv&status=active").text
    assert sum(int(line.rsplit(",", 1)[1]) for line in csv.splitlines()[1:]) == total == 3


def test_load_counts_roles_and_courses_of_the_term_alone(office):
    now = make.TermFactory(is_active=True)
    lecturer = make.LecturerFactory()
    here = make.CourseOfferingFactory(term=now)
    there = make.CourseOfferingFactory(term=make.TermFactory(year=now.year, kind=TermKind.EVEN))
    for offering, kind in (
        (here, TeachingKind.COORDINATOR),
        (here, TeachingKind.TEACHER),
        (there, TeachingKind.TEACHER),
    ):
        make.TeachingRoleFactory(offering=offering, lecturer=lecturer, kind=kind)
    assert lines(office.get("/reports/teaching/").text)[0][2:] == ["1", "0", "1", "2", "1"]
    every = office.get("/reports/teaching/?term=all").text
    assert lines(every)[0][2:] == ["1", "0", "2", "3", "2"]


def test_class_counts_people_and_rooms_that_hold_its_places(office):
    row = make.ClassFactory(capacity=30)
    for _number in range(2):
        make.ClassMemberFactory(course_class=row)
    for capacity in (29, 30, 100):
        make.RoomFactory(capacity=capacity)
    found = lines(office.get("/reports/classes/?term=all").text)
    assert found[0][2:] == ["2", "30", "28", "2"]


def test_course_counts_each_thing_apart(office):
    offering = make.CourseOfferingFactory()
    row = make.ClassFactory(offering=offering)
    for number in (1, 2, 3):
        make.ClassMemberFactory(course_class=row)
        make.ModuleFactory(offering=offering, number=number)
    make.TeachingRoleFactory(offering=offering, kind=TeachingKind.TEACHER)
    found = lines(office.get("/reports/completeness/?term=all").text)
    assert found[0][3:] == ["Tidak", "Tidak", "Ya", "1", "3", "0", "3"]
    empty = office.get("/reports/completeness/?term=all&lacks=classes").text
    assert "Tidak ada baris laporan" in empty


def test_forum_counts_only_what_is_shown(office):
    offering = a_course_with_everything()
    category = ForumCategory.objects.get(offering=offering)
    other = make.StudentFactory().user
    gone = {"removed_at": timezone.now(), "removed_by": other}
    write(category, other, state=PostState.HIDDEN, **gone)
    assert lines(office.get("/reports/forum/?term=all").text)[0][1:4] == ["1", "2", "1"]


def test_pictures_show_what_a_direct_count_says(office):
    """Else the office sees a tall bar where the table has a small number."""
    first, second = a_course_with_everything(), a_course_with_everything()
    row = first.classes.get()
    for _number in range(2):
        make.ClassMemberFactory(course_class=row)
    Class.objects.filter(pk=row.pk).update(capacity=40)
    lecturer = first.teaching_roles.get().lecturer
    make.TeachingRoleFactory(offering=second, lecturer=lecturer, kind=TeachingKind.TEACHER)
    write(ForumCategory.objects.get(offering=first), lecturer.user)
    make.StudentFactory(level=6, status=StudentStatus.LEFT)
    for number in range(3):
        file = StoredFile.objects.create(
            kind="x", owner_id=1, path=f"aa/{number}", name="a.pdf", size=1, sha256="0"
        )
        Material.objects.create(
            offering=second, title=f"Salindia {number}", file=file, added_by=lecturer.user
        )
    for name in (STRUCTURE, PEOPLE):
        versions.bump(name)

    def drawn(slug: str) -> list[int]:
        csv = office.get(f"/reports/{slug}/?format=csv&term=all").text
        return sorted(int(line.rsplit(",", 1)[1]) for line in csv.splitlines()[1:])

    students = Counter(StudentProfile.objects.values_list("level", "status"))
    assert drawn("students") == sorted(students.values())
    roles = Counter(TeachingRole.objects.values_list("lecturer_id", flat=True))
    assert drawn("teaching") == sorted(roles.values())
    assert drawn("classes") == sorted(
        round(100 * one.members.count() / one.capacity) for one in Class.objects.all()
    )
    assert drawn("completeness") == [Material.objects.filter(offering=second).count()] == [3]
    posts = Counter(Post.objects.values_list("thread__category_id", flat=True))
    assert drawn("forum") == sorted(posts.values()) == [2, 4]


@pytest.mark.parametrize(("language", "written"), [("id", "7 Des 2026"), ("en", "7 Dec 2026")])
def test_dates_are_written_as_on_all_other_pages(office, language, written):
    """Else one page says "7 Des. 2026" and the next "7 Des 2026", and a search finds half."""
    make.CourseOfferingFactory(starts_on=dt.date(2026, 12, 7))
    office.cookies["lang"] = language
    versions.bump(STRUCTURE)
    (row,) = lines(office.get("/reports/completeness/?term=all").text)
    assert written in row
