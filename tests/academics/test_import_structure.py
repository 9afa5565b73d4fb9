"""Lists of courses, classes and groups: they come in whole, in the right term, and go whole."""

import pytest

from academics.errors import ImportRefused
from academics.imports.choices import ImportState
from academics.models import (
    Class,
    ClassMember,
    Course,
    CourseOffering,
    GroupMember,
    StudentGroup,
)
from tests.academics.importing import counts, problems, save, undo, upload, workbook
from tests.conftest import make_user
from tests.factories import academics as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return make_user("akademik", role="office")


# --- Courses -------------------------------------------------------------------------------------

COURSE_HEAD = ["kode", "nama", "semester", "periode", "jenis", "tipe_non_block", "kurikulum"]
COURSE_HEAD += ["tanggal_mulai", "tanggal_akhir", "blok", "durasi_minggu"]
COURSE_HEAD += ["peran_dalam_kurikulum", "keahlian_required"]


def course(code: str = "MKB24101", **changes) -> list:
    row = {
        "kode": code,
        "nama": "Dasar Kedokteran",
        "semester": 1,
        "periode": "Ganjil",
        "jenis": "Blok",
        "tipe_non_block": "",
        "kurikulum": 2024,
        "mulai": "03-08-2026",
        "akhir": "29 Agustus 2026",
        "blok": 1,
        "minggu": 4,
        "peran": "Tutor PBL",
        "keahlian": "Anatomi, Fisiologi",
    }
    return list({**row, **changes}.values())


def upload_courses(*rows, term=None, by=None):
    return upload(workbook([COURSE_HEAD, *rows]), kind="course", term=term, by=by)


def test_courses_of_a_whole_year_come_in_with_their_offerings_and_go(office):
    odd, even = make.TermFactory(), make.TermFactory(kind="even")
    later = {"mulai": "01-02-2027", "akhir": "27-02-2027"}
    job = upload_courses(
        course(),
        course("MKB24201", semester=2, periode="Genap", **later),
        course("MKU24102", jenis="Non Blok", tipe_non_block="CSR", blok="", mulai="", akhir=""),
        term=odd,
        by=office,
    )
    save(job, office)
    assert job.state == ImportState.SAVED
    assert job.notices["counts"]["no_dates"] == 1
    offered = CourseOffering.objects.order_by("course__code").values_list(
        "course__code", "term_id"
    )
    assert list(offered) == [("MKB24101", odd.pk), ("MKB24201", even.pk)]
    row = Course.objects.get(code="MKU24102")
    assert (row.kind, row.level, row.curriculum_roles) == ("csr", 1, ["Tutor PBL"])
    assert row.expertise_rows.count() == 2

    undo(job, office)
    assert job.state == ImportState.UNDONE, job.refusal
    assert not Course.objects.exists()


def test_course_that_is_known_gets_its_offering_and_loses_it_with_the_undo(office):
    term = make.TermFactory()
    save(upload_courses(course(mulai="", akhir=""), by=office), office)
    job = save(upload_courses(course(nama="Nama Baru"), term=term, by=office), office)
    assert counts(job) == (0, 1, 0, 0)
    assert CourseOffering.objects.get().weeks == 4
    undo(job, office)
    assert job.state == ImportState.UNDONE
    assert not CourseOffering.objects.exists()
    assert Course.objects.get().name == "Dasar Kedokteran"


def test_two_blocks_may_swap_their_dates_in_one_file(office):
    term = make.TermFactory()
    august, september = ("03-08-2026", "29-08-2026"), ("31-08-2026", "26-09-2026")
    first = [
        course(mulai=august[0], akhir=august[1]),
        course("MKB24102", blok=2, mulai=september[0], akhir=september[1]),
    ]
    save(upload_courses(*first, term=term, by=office), office)
    second = [
        course(mulai=september[0], akhir=september[1]),
        course("MKB24102", blok=2, mulai=august[0], akhir=august[1]),
    ]
    job = save(upload_courses(*second, term=term, by=office), office)
    assert (job.state, counts(job)) == (ImportState.SAVED, (0, 2, 0, 0))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"semester": 8}, ("level", "whole")),
        ({"jenis": "Seminar"}, ("kind", "choice")),
        ({"jenis": "Non Blok", "blok": ""}, ("non_block_type", "required")),
        ({"jenis": "Non Blok", "tipe_non_block": "CSR"}, ("block_no", "block_number")),
        ({"blok": ""}, ("block_no", "block_number")),
        ({"keahlian": ""}, ("expertises", "needs_for_regular")),
        ({"mulai": "31-02-2026"}, ("starts_on", "no_such_day")),
        ({"mulai": 46000}, ("starts_on", "date_number")),
        ({"akhir": ""}, ("ends_on", "both_dates")),
        ({"akhir": "01-08-2026"}, ("ends_on", "ends_before")),
        ({"akhir": "29-08-2027"}, ("ends_on", "outside_term")),
        ({"minggu": 40}, ("weeks", "too_many_weeks")),
        ({"periode": "Genap"}, ("starts_on", "no_such_term")),
        ({"kurikulum": 24}, ("curriculum_year", "whole")),
    ],
)
def test_bad_course_is_a_bad_cell(changes, problem):
    found = problems(upload_courses(course(**changes), term=make.TermFactory()))
    assert (2, *problem) in found


def test_blocks_of_one_level_may_not_overlap(office):
    term = make.TermFactory()
    there = make.CourseFactory(code="MKB1", kind="block", block_no=3)
    make.CourseOfferingFactory(
        course=there, term=term, starts_on="2026-10-01", ends_on="2026-10-30"
    )
    job = upload_courses(
        course(),
        course("MKB24102", blok=2),
        course("MKB24103", blok=3, mulai="15-10-2026", akhir="20-11-2026"),
        term=term,
    )
    assert problems(job) == [(3, "starts_on", "overlaps"), (4, "starts_on", "overlaps")]


def test_dates_without_a_term_are_refused():
    assert problems(upload_courses(course())) == [(2, "starts_on", "no_term")]


# --- Class lists ---------------------------------------------------------------------------------

CLASS_HEAD = ["kode", "kelas", "kapasitas", "nim", "nama"]


def class_list(*rows, term, by=None):
    return upload(workbook([CLASS_HEAD, *rows]), kind="class", term=term, by=by)


def numbered(count: int) -> list:
    """Students whose username is their NIM."""
    students = make.StudentFactory.create_batch(count)
    for number, student in enumerate(students, start=1):
        student.user.username = f"2026{number:06}"
        student.user.save()
    return students


def test_class_list_makes_classes_places_moves_and_goes(office):
    students = numbered(3)
    offering = make.CourseOfferingFactory()
    code, term = offering.course.code, offering.term
    nims = [s.user.username for s in students]
    rows = [
        [code, "A", 2, nims[0], "x"],
        [code, "A", 2, nims[1], "x"],
        [code, "B", 1, nims[2], "x"],
    ]
    job = save(class_list(*rows, term=term, by=office), office)
    assert (job.state, counts(job)) == (ImportState.SAVED, (3, 0, 0, 0))
    assert job.notices["counts"] == {"new_class": 2, "names": 1}

    # A is full and so is B: two students swap.
    swap = [[code, "b", "", nims[0], ""], [code, "A", "", nims[2], ""]]
    moved = save(class_list(*swap, term=term, by=office), office)
    assert (moved.state, counts(moved)) == (ImportState.SAVED, (0, 2, 0, 0))
    assert set(ClassMember.objects.values_list("student_id", "course_class__name")) == {
        (students[0].pk, "B"),
        (students[1].pk, "A"),
        (students[2].pk, "A"),
    }
    undo(moved, office)
    assert moved.state == ImportState.UNDONE
    assert ClassMember.objects.get(student=students[0]).course_class.name == "A"
    undo(job, office)
    assert job.state == ImportState.UNDONE
    assert not Class.objects.exists()


def test_class_list_names_what_is_wrong(office):
    active, idle, third = numbered(3)
    type(idle).objects.filter(pk=idle.pk).update(status="inactive")
    offering = make.CourseOfferingFactory()
    make.ClassFactory(offering=offering, name="A", capacity=1)
    follows = make.LargeGroupFactory(term=offering.term)
    make.ClassFactory(offering=offering, name="F", capacity=9, group=follows)
    code = offering.course.code
    nim = active.user.username
    job = class_list(
        ["XXX", "A", "", nim, ""],
        [code, "Z", "", nim, ""],
        [code, "A", "", "2026999999", ""],
        [code, "A", "", idle.user.username, ""],
        [code, "F", "", third.user.username, ""],
        term=offering.term,
    )
    assert problems(job) == [
        (2, "course", "no_offering"),
        (3, "class", "no_class"),
        (4, "nim", "no_student"),
        (5, "nim", "inactive_student"),
        (6, "class", "follows_group"),
    ]
    full = class_list(
        [code, "A", "", nim, ""], [code, "A", "", third.user.username, ""], term=offering.term
    )
    assert problems(full) == [(3, "class", "class_full")]
    make.ClassMemberFactory(course_class=offering.classes.get(name="F"), student=third)
    away = class_list([code, "A", "", third.user.username, ""], term=offering.term)
    assert problems(away) == [(2, "nim", "sits_elsewhere")], "the other class is named"


# --- Group lists ---------------------------------------------------------------------------------

GROUP_HEAD = ["nim", "semester", "kelompok"]


def group_list(*rows, term, by=None):
    return upload(workbook([GROUP_HEAD, *rows]), kind="group", term=term, by=by)


def test_group_list_makes_groups_places_moves_and_goes(office):
    students = numbered(3)
    term = make.TermFactory()
    nims = [s.user.username for s in students]
    rows = [[nims[0], 1, 1], [nims[1], 1, 1], [nims[2], 1, 2]]
    job = save(group_list(*rows, term=term, by=office), office)
    assert (job.state, counts(job)) == (ImportState.SAVED, (3, 0, 0, 0))
    assert StudentGroup.objects.filter(kind="large").count() == 1
    assert StudentGroup.objects.filter(kind="small").count() == 2
    assert GroupMember.objects.count() == 6

    change = save(group_list([nims[0], 1, 2], [nims[1], 1, "-"], term=term, by=office), office)
    assert (change.state, counts(change)) == (ImportState.SAVED, (0, 2, 0, 0))
    small = dict(
        GroupMember.objects.filter(kind="small").values_list("student_id", "group__number")
    )
    assert small == {students[0].pk: 2, students[2].pk: 2}

    undo(change, office)
    assert change.state == ImportState.UNDONE
    assert GroupMember.objects.filter(kind="small", group__number=1).count() == 2
    undo(job, office)
    assert job.state == ImportState.UNDONE
    assert not StudentGroup.objects.exists()


def test_a_veteran_in_several_levels_gets_a_further_place_and_keeps_the_other(office):
    """Else the list takes them out of the level that they sit in already."""
    (student,) = numbered(1)
    record = make.VeteranFactory(student=student, is_multi=True)
    term = make.TermFactory()
    nim = student.user.username
    save(group_list([nim, 1, 1], term=term, by=office), office)
    more = group_list([nim, 1, 1], [nim, 3, 2], term=term, by=office)
    assert counts(more) == (1, 0, 1, 0), "a new place, nobody is moved"
    save(more, office)
    places = GroupMember.objects.filter(student=student).order_by("group__level", "kind")
    assert [(p.group.level, p.kind, p.is_extra) for p in places] == [
        (1, "large", False),
        (1, "small", False),
        (3, "large", True),
        (3, "small", True),
    ]
    again = group_list([nim, 3, 4], term=term, by=office)
    assert counts(again) == (0, 1, 0, 0), "the further place is found again"
    save(again, office)
    undo(again, office)
    undo(more, office)
    assert more.state == ImportState.UNDONE
    assert set(places.values_list("group__level", flat=True)) == {1}
    record.is_multi = False
    record.save()
    assert counts(group_list([nim, 3, 2], term=term, by=office)) == (0, 1, 0, 0), "one is moved"


def test_one_list_may_hold_both_places_of_a_veteran(office):
    (student,) = numbered(1)
    make.VeteranFactory(student=student, is_multi=True)
    rows = [[student.user.username, 3, 2], [student.user.username, 1, 1]]
    job = save(group_list(*rows, term=make.TermFactory(), by=office), office)
    assert (job.state, counts(job)) == (ImportState.SAVED, (2, 0, 0, 0))
    ordinary = GroupMember.objects.filter(student=student, is_extra=False)
    assert set(ordinary.values_list("group__level", flat=True)) == {3}, "the first row's"


def test_twice_in_a_list_is_wrong_for_everybody_else(office):
    (student,) = numbered(1)
    make.VeteranFactory(student=student)
    nim = student.user.username
    job = group_list([nim, 1, 1], [nim, 3, 2], term=make.TermFactory(), by=office)
    assert problems(job) == [(3, "nim", "same_as_row")]


def test_group_list_names_what_is_wrong(office):
    student, other = numbered(2)
    term = make.TermFactory()
    make.LargeGroupFactory(term=term, name="Satu")
    make.LargeGroupFactory(term=term, name="Dua", number=2)
    nim = student.user.username
    job = group_list([nim, 1, 1], [other.user.username, 2, 1], ["2026999999", 2, 1], term=term)
    assert problems(job) == [
        (2, "large", "which_group"),
        (3, "level", "wrong_level"),
        (4, "nim", "no_student"),
    ]


def test_lists_of_members_need_a_term():
    with pytest.raises(ImportRefused):
        group_list(["2026000001", 1, 1], term=None)
