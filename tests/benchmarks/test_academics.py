"""The lists of the faculty and the dealing of groups at full size. Prints what each costs.

    ISME_BENCHMARK_STUDENTS=10000 ISME_BENCHMARK_COURSES=500 \
        script/test tests/benchmarks/test_academics.py -s

No time is asserted: a busy machine is no fault of ours. What is printed is CPU time, the wait for
the database, and how often that is the cost of a page without a list in the same run. What is
asserted: each list answers, and with as many queries as with few rows.
"""

import os
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academics.models import (
    Class,
    ClassMember,
    Course,
    CourseExpertise,
    CourseOffering,
    Expertise,
    GroupMember,
    LecturerExpertise,
    Room,
    StudentGroup,
    TeachingRole,
    VeteranRecord,
)
from academics.services import grouping
from academics.services.rows import By
from accounts.models import LecturerProfile, StudentProfile, User
from tests.benchmarks.cost import as_a_server_renders, page_cost
from tests.conftest import enter, make_user
from tests.factories import academics as make

STUDENTS = int(os.environ.get("ISME_BENCHMARK_STUDENTS", "200"))
COURSES = int(os.environ.get("ISME_BENCHMARK_COURSES", "10"))
ROUNDS = 15 if STUDENTS > 1000 else 1
BATCH = 2000
BARE = "/rooms/?q=no+such+room"
LISTS = (
    "/courses/",
    "/courses/?q=course+1",
    "/courses/?gap=any",
    "/courses/?sort=-name",
    "/classes/",
    "/classes/?term=all",
    "/groups/",
    "/rooms/?capacity=30",
    "/terms/",
    "/expertise/",
    "/veterans/",
    "/people/import/",
    "/accounts/users/?role=student",
)
QUERIES = {"/courses/": 5, "/classes/": 4, "/groups/": 3}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office():
    return make_user("office1", role="office")


@pytest.fixture
def faculty(office):
    """STUDENTS in groups of a level each, COURSES with a class of 40, lecturers, veterans."""
    term = make.TermFactory()
    term.year.is_active = term.is_active = True
    term.year.save()
    term.save()
    students = _people(StudentProfile, "student", STUDENTS)
    lecturers = _people(LecturerProfile, "lecturer", max(COURSES // 5, 1))
    large = [make.LargeGroupFactory(term=term, level=level) for level in range(1, 8)]
    GroupMember.objects.bulk_create(
        (
            GroupMember(group=large[pk % 7], student_id=pk, term=term, kind="large")
            for pk in students
        ),
        batch_size=BATCH,
    )
    _courses(term, students, lecturers, large)
    Room.objects.bulk_create(
        Room(code=f"R{n}", name=f"Room {n}", capacity=20 + n % 60) for n in range(60)
    )
    VeteranRecord.objects.bulk_create(
        VeteranRecord(student_id=pk, status="active", set_by=office, set_at=office.created_at)
        for pk in students[:: max(len(students) // 200, 1)]
    )
    return term


def _people(profile, role, number):
    users = [User(username=f"{role}{n:06}", name=f"{role} {n}", role=role) for n in range(number)]
    User.objects.bulk_create(users, batch_size=BATCH)
    keys = list(User.objects.filter(role=role).order_by("pk").values_list("pk", flat=True))
    own = {"intake_year": 2026} if role == "student" else {"main_role": "teacher"}
    rows = [profile(user_id=pk, **own) for pk in keys]
    for place, row in enumerate(rows):
        if role == "student":
            row.level = place % 7 + 1
            row.gender = "male" if place % 3 else "female"
            row.gpa = f"{2 + place % 200 / 100:.2f}"
    profile.objects.bulk_create(rows, batch_size=BATCH)
    return keys


def _courses(term, students, lecturers, large):
    Course.objects.bulk_create(
        Course(
            code=f"MKU{n:05}",
            name=f"Course {n}",
            kind="regular",
            level=n % 7 + 1,
            curriculum_year=2024,
        )
        for n in range(COURSES)
    )
    days = {"starts_on": term.starts_on, "ends_on": term.ends_on}
    CourseOffering.objects.bulk_create(
        CourseOffering(course=course, term=term, **days) for course in Course.objects.all()
    )
    offerings = list(CourseOffering.objects.order_by("pk"))
    Class.objects.bulk_create(
        Class(offering=one, name=name, capacity=60) for one in offerings for name in "AB"
    )
    ClassMember.objects.bulk_create(
        (
            ClassMember(
                course_class=row,
                offering_id=row.offering_id,
                student_id=students[(at * 20 + seat) % len(students)],
            )
            for at, row in enumerate(Class.objects.order_by("pk"))
            for seat in range(min(20, len(students) // 2))
        ),
        batch_size=BATCH,
    )
    fields = Expertise.objects.bulk_create(Expertise(name=f"Field {n}") for n in range(40))
    keys = list(Expertise.objects.values_list("pk", flat=True))[: len(fields)]
    TeachingRole.objects.bulk_create(
        TeachingRole(offering=one, lecturer_id=lecturers[at % len(lecturers)], kind="coordinator")
        for at, one in enumerate(offerings)
    )
    CourseExpertise.objects.bulk_create(
        CourseExpertise(course_id=one.course_id, expertise_id=keys[at % 40])
        for at, one in enumerate(offerings)
    )
    LecturerExpertise.objects.bulk_create(
        LecturerExpertise(lecturer_id=pk, expertise_id=keys[pk % 40]) for pk in lecturers
    )


def test_lists(client, office, faculty, capsys, monkeypatch):
    """Else a list that is quick with ten rows stands still for the real faculty."""
    as_a_server_renders(monkeypatch)
    enter(client, office)
    bare = page_cost(client, BARE, rounds=ROUNDS)
    lines = [f"  {BARE:30} {bare.against(bare)}"]
    for address in LISTS:
        cost = page_cost(client, address, rounds=ROUNDS)
        with CaptureQueriesContext(connection) as queries:
            client.get(address, headers={"HX-Request": "true"})
        assert len(queries) <= QUERIES.get(address, len(queries))
        lines.append(f"  {address:30} {cost.against(bare)}")
    with capsys.disabled():
        print(f"\n{STUDENTS} students, {COURSES} courses:", *lines, sep="\n")


def test_dealing_200_students(office, capsys):
    """From level to large group, preview, and 16 small groups: what the office waits for."""
    _people(StudentProfile, "student", 200)
    StudentProfile.objects.update(level=1)
    start = time.perf_counter()
    large = grouping.make_large_group(
        make.TermFactory(), level=1, name="Level 1", by=By(office.pk)
    )
    made = time.perf_counter()
    large.refresh_from_db()
    grouping.proposal(large, groups=16, seed=1)
    shown = time.perf_counter()
    state = grouping.state_of(large)
    grouping.deal_groups(large.pk, groups=16, seed=1, version=state, by=By(office.pk))
    dealt = time.perf_counter()
    with capsys.disabled():
        print(
            f"\n200 students: large group {(made - start) * 1000:.0f} ms, "
            f"preview {(shown - made) * 1000:.0f} ms, dealt {(dealt - shown) * 1000:.0f} ms"
        )
    assert StudentGroup.objects.filter(kind="small").count() == 16
