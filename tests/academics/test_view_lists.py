"""The lists of courses, classes and groups: constant queries, whoever looks, and theirs only."""

import io
import re
from html import unescape

import openpyxl
import pytest

from academics.choices import TermKind
from academics.models import Term
from academics.services.rows import By
from academics.services.terms import create_year
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.queries import page_queries

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def courses(number):
    for role in make.TeachingRoleFactory.create_batch(
        number, kind="coordinator", lecturer=make.LecturerFactory()
    ):
        make.ClassFactory(offering=role.offering)


def classes(number):
    make.ClassFactory.create_batch(number)


def groups(number):
    term = make.TermFactory()
    for index in range(number):
        make.LargeGroupFactory(term=term, number=index + 1)


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize(
    ("address", "fill", "queries"),
    [
        ("/courses/", courses, 3),  # rows, offerings, coordinators
        ("/classes/", classes, 2),  # rows, sizes
        ("/groups/", groups, 1),
    ],
)
def test_list_query_budget(client, rows, address, fill, queries):
    enter(client, make_user(role="office"))
    fill(rows)
    client.get(address)  # warm: the process knows the terms
    with page_queries(queries):
        response = client.get(address, {"per_page": "100"}, headers=HTMX)
    assert len(response.context["listing"].page) == rows


def exported(client, address):
    """The words of each row of the workbook that a list gives."""
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    return [" ".join(str(value) for value in row if value) for row in sheet.values]


def test_every_list_is_a_workbook_of_what_it_shows(client):
    """Else the office types a list again, or sends one that its filters had narrowed, whole."""
    enter(client, make_user("office1", role="office"))
    member = make.ClassMemberFactory()
    course = member.offering.course
    group = make.LargeGroupFactory(term=member.offering.term)
    room, veteran = make.RoomFactory(), make.VeteranFactory()
    shown = {
        "/courses/": (course.code, 1),
        "/classes/": (course.name, 1),
        f"/classes/{member.course_class_id}/": (member.student.user.name, 1),
        "/groups/": (group.name, 1),
        "/rooms/": (room.code, 1),
        "/terms/": (group.term.year.label, Term.objects.count()),
        "/expertise/": (make.ExpertiseFactory().name, 1),
        "/veterans/": (veteran.student.user.name, 1),
    }
    for address, (words, number) in shown.items():
        rows = exported(client, f"{address}?format=xlsx")
        assert len(rows) == number + 1, address
        assert any(words in row for row in rows), address
    assert len(exported(client, "/rooms/?format=xlsx&q=nowhere")) == 1


def test_only_a_large_group_tells_how_many_small_ones_it_has(client):
    """Else a student reads that theirs has 0, as if something were missing."""
    small, person = make.SmallGroupFactory(), make_user()
    student = make.StudentFactory(user=person)
    for group in (small, small.parent):
        make.GroupMemberFactory(group=group, student=student)
    enter(client, person)
    cell = re.compile(r'data-label="Kelompok kecil">\s*(\S+)\s*</td>')
    found = cell.findall(client.get("/groups/").text)
    assert sorted(found) == ["1", "–"]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/groups/?format=xlsx").getvalue()))
    assert {row[-1] for row in book.active.values} == {"Kelompok kecil", 1, None}


def test_list_of_several_pages_counts_what_there_is(client):
    """Rows that fit on a page count themselves; more of them must still be counted."""
    enter(client, make_user(role="office"))
    groups(5)
    client.get("/groups/")  # warm
    pages = []
    for number in ("1", "2", "3", "9"):
        with page_queries(2):  # count, rows
            asked = {"per_page": "2", "page": number}
            pages.append(client.get("/groups/", asked, headers=HTMX).context["listing"].page)
    assert [len(page) for page in pages] == [2, 2, 1, 1]
    assert {page.paginator.count for page in pages} == {5}
    assert {page.paginator.num_pages for page in pages} == {3}


@pytest.mark.parametrize("address", ["/courses/", "/classes/", "/groups/"])
def test_new_term_is_offered_at_once(client, address, django_capture_on_commit_callbacks):
    """The terms are kept in each process: else somebody has to wait for the one they just made."""
    office = make_user(role="office")
    enter(client, office)
    assert "2031/2032" not in client.get(address).text
    with django_capture_on_commit_callbacks(execute=True):
        create_year(2031, by=By(office.pk))
    assert "2031/2032" in client.get(address).text


@pytest.mark.parametrize(("sort", "sizes"), [("", [1, 0, 2]), ("-size", [2, 1, 0])])
def test_classes_show_their_sizes_in_every_order(client, sort, sizes):
    """Sizes come with all rows when they order them, else with the page: the same numbers."""
    enter(client, make_user(role="office"))
    offering = make.CourseOfferingFactory()
    for name, size in (("A", 1), ("B", 0), ("C", 2)):
        row = make.ClassFactory(offering=offering, name=name)
        make.ClassMemberFactory.create_batch(size, course_class=row)
    response = client.get("/classes/", {"sort": sort, "term": "all"}, headers=HTMX)
    assert [row.size for row in response.context["listing"].page] == sizes


@pytest.mark.parametrize(("capacity", "is_said"), [(1, True), (2, False)])
def test_class_that_outgrows_its_capacity_says_so(client, capacity, is_said):
    """One that follows a group grows with it: somebody must find a larger room."""
    enter(client, make_user(role="office"))
    row = make.ClassFactory(capacity=capacity)
    make.ClassMemberFactory.create_batch(2, course_class=row)
    course = row.offering.course.get_absolute_url()
    for address in ("/classes/?term=all", f"{course}?term={row.offering.term_id}"):
        assert ("Melebihi kapasitas" in client.get(address).text) is is_said


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_class_page_query_budget(client, rows):
    enter(client, make_user(role="office"))
    row = make.ClassFactory(capacity=200)
    make.ClassMemberFactory.create_batch(rows, course_class=row)
    client.get("/dashboard/")  # warm
    with page_queries(3):  # class, rows, numbers
        response = client.get(f"/classes/{row.pk}/", {"per_page": "100"}, headers=HTMX)
    assert len(response.context["listing"].page) == rows


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_board_query_budget(client, rows):
    enter(client, make_user(role="office"))
    small = make.SmallGroupFactory()
    for student in make.StudentFactory.create_batch(rows):
        make.GroupMemberFactory(group=small.parent, student=student)
        make.GroupMemberFactory(group=small, student=student)
    client.get("/dashboard/")  # warm
    with page_queries(5):  # group, small groups, places, their NIMs, last dealing
        response = client.get(f"/groups/{small.parent_id}/")
    assert len(response.context["columns"][0].places) == rows


def test_student_sees_what_they_take(client):
    user = make_user(role="student")
    place = make.ClassMemberFactory(student=make.StudentFactory(user=user))
    other = make.ClassMemberFactory()
    enter(client, user)
    mine = client.get("/courses/").context["listing"].page
    assert list(mine) == [place.offering.course]
    everything = client.get("/courses/?show=all").context["listing"].page
    assert len(everything) == 2
    assert list(client.get("/classes/").context["listing"].page) == [place.course_class]
    assert client.get(f"/classes/{other.course_class_id}/").status_code == 404


@pytest.mark.parametrize(
    ("address", "kept"), [("/courses/?show=all", "all"), ("/courses/", "mine")]
)
def test_search_among_all_courses_stays_there(client, address, kept):
    """Else it falls back to one's own, finds nothing, and says so of the whole faculty."""
    enter(client, make_user(role="student"))
    page = client.get(address).text
    assert f'<input type="hidden" name="show" value="{kept}"' in page


@pytest.mark.parametrize(
    ("address", "way"),
    [("?show=all&q=nothing", "/courses/?show=all"), ("?q=nothing", "/courses/")],
)
def test_way_back_from_a_search_that_found_nothing_stays_there(client, address, way):
    """Else who looked among all courses is among their own, and thinks that there are no others."""
    enter(client, make_user())
    assert f'href="{way}">Tampilkan semua' in client.get(f"/courses/{address}").text


def test_courses_that_lack_nothing_are_not_called_none(client):
    """Else the office reads that the faculty has no courses."""
    enter(client, make_user(role="office"))
    page = client.get("/courses/?gap=coordinator").text
    assert "Tidak ada mata kuliah yang cocok dengan saringan ini." in page


def test_student_sees_no_numbers_of_others(client):
    user = make_user(role="student")
    place = make.ClassMemberFactory(student=make.StudentFactory(user=user))
    other = make.ClassMemberFactory(course_class=place.course_class)
    enter(client, user)
    page = client.get(f"/classes/{place.course_class_id}/")
    assert other.student.user.name in page.text
    assert "NIM" not in page.text.split("<table")[1]
    sheet = client.get(f"/classes/{place.course_class_id}/?format=xlsx")
    assert other.student.user.username.encode() not in sheet.getvalue()


def test_courses_filter(client):
    enter(client, make_user(role="office"))
    odd = make.CourseOfferingFactory(course=make.CourseFactory(code="AA1", level=1))
    make.CourseOfferingFactory(
        course=make.CourseFactory(code="BB2", level=2),
        term=make.TermFactory(kind=TermKind.EVEN),
    )
    make.CourseFactory(code="CC3", level=3, kind="csr")

    def codes(**query):
        return [course.code for course in client.get("/courses/", query).context["listing"].page]

    assert codes() == ["AA1", "BB2", "CC3"]
    assert codes(term=odd.term_id) == ["AA1"]
    assert codes(level="2") == ["BB2"]
    assert codes(kind="csr") == ["CC3"]
    assert codes(q="bb") == ["BB2"]
    assert codes(term="x", level="99", kind="?", sort="?", page="-1") == ["AA1", "BB2", "CC3"]


def test_group_is_moved_by_the_form(client):
    enter(client, make_user(role="office"))
    small = make.SmallGroupFactory(number=1)
    other = make.SmallGroupFactory(parent=small.parent, number=2)
    student = make.StudentFactory()
    for group in (small.parent, small):
        make.GroupMemberFactory(group=group, student=student)
    address = f"/groups/{small.parent_id}/move/"
    client.post(address, {"students": [student.pk], "target": other.pk})
    assert list(other.members.values_list("student_id", flat=True)) == [student.pk]
    board = unescape(client.get(f"/groups/{small.parent_id}/").text)
    undo = re.search(r'action="(/groups/\d+/move/undo/[^"]+)"', board)
    assert client.post(undo[1]).status_code == 302
    assert list(small.members.values_list("student_id", flat=True)) == [student.pk]
    client.post(address, {"students": ["x"], "target": "y"})  # said in words, changes nothing
    client.post(address, {"students": [student.pk], "target": "0"})
    assert not other.members.exists()
    assert not small.parent.members.exists()
    for broken in ("", "to=x", "to=0&from=1", f"to={2**64}&from=1:2"):
        assert client.post(f"{address}undo/?{broken}").status_code in {302, 404}


def test_groups_are_dealt_and_undone_in_the_browser(client):
    enter(client, make_user(role="office"))
    large = make.LargeGroupFactory()
    make.GroupMemberFactory.create_batch(6, group=large)
    address = f"/groups/{large.pk}/deal/"
    preview = client.get(address, {"groups": "2", "seed": "3"})
    assert [one.people for one in preview.context["figures"]] == [3, 3]
    kept = {"groups": "2", "seed": "3", "version": preview.context["keep_form"]["version"].value()}
    assert client.post(address, kept).status_code == 302
    assert large.small_groups.count() == 2
    run = large.grouping_runs.get()
    client.post(f"/groups/dealings/{run.pk}/undo/")
    assert not large.small_groups.exists()
    assert client.get(address, {"groups": "zero"}).status_code == 200


def test_term_is_opened_promoted_and_activated_in_the_browser(client):
    enter(client, make_user(role="office"))
    odd = make.TermFactory(is_active=True)
    even = make.TermFactory(kind=TermKind.EVEN)
    course = make.CourseFactory(level=2)
    student = make.StudentFactory(level=1)
    client.post(f"/terms/{even.pk}/courses/", {"courses": [course.pk]})
    assert even.offerings.get().course == course
    page = client.get(f"/terms/{even.pk}/promote/")
    assert page.context["rows"][0] == {"level": 1, "up": 1, "graduate": 0, "veterans": 0}
    client.post(f"/terms/{even.pk}/promote/")
    student.refresh_from_db()
    assert student.level == 2
    assert client.get(f"/terms/{even.pk}/activate/").context["figures"].offerings == 1
    client.post(f"/terms/{even.pk}/activate/")
    even.refresh_from_db()
    odd.refresh_from_db()
    assert (even.is_active, odd.is_active) == (True, False)


def test_first_option_of_each_filter_of_courses_is_short(client):
    """Else six filters in a row read "Semua sem…" and nobody knows which is which."""
    enter(client, make_user(role="office"))
    form = client.get("/courses/").context["form"]
    first = {
        name: str(form[name].field.choices[0][1]) for name in ("term", "level", "kind", "gap")
    }
    assert set(first.values()) == {"Semua"}
