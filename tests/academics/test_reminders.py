"""What people forget before a course begins, and lists that move many: each told to whom it is due."""

from datetime import timedelta

import pytest

from notifications.models import Notice, Notification
from notifications.services import remind
from tests.academics import importing
from tests.conftest import enter, make_user
from tests.factories import academics as make
from tests.notifications.cast import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_user("office1", role="office")


def told(kind: str) -> tuple[Notice, set[int]]:
    """The only notice of this kind, delivered, and to whom."""
    notice = Notice.objects.get(kind=f"academics.{kind}")
    deliver(notice)
    rows = Notification.objects.filter(notice=notice)
    return notice, set(rows.values_list("person_id", flat=True))


def test_a_week_before_it_begins_a_course_lacks_its_syllabus_and_its_students(client, office):
    offering = make.CourseOfferingFactory()
    coordinator = make.TeachingRoleFactory(offering=offering, kind="coordinator")
    make.ClassFactory(offering=offering, name="A")
    make.ClassMemberFactory(course_class=make.ClassFactory(offering=offering, name="B"))
    remind.remind(offering.starts_on - timedelta(days=8))
    assert not Notice.objects.exists(), "too early"
    for _time in range(2):
        remind.remind(offering.starts_on - timedelta(days=7))
    syllabus, coordinators = told("no_syllabus")
    assert coordinators == {coordinator.lecturer_id}
    empty, staff = told("empty_class")
    assert staff == {office.pk}
    assert empty.values["classes"] == "A"
    assert offering.course.name in syllabus.words.title
    enter(client, office)
    for notice in (syllabus, empty):
        assert client.get(notice.words.link).status_code == 200


def test_a_class_list_tells_whom_it_moved_once(office):
    offering = make.CourseOfferingFactory()
    students = make.StudentFactory.create_batch(3)
    rows = [["kode", "kelas", "kapasitas", "nim", "nama"]]
    for number, student in enumerate(students):
        student.user.username = f"2026{number:06}"
        student.user.save()
        rows.append([offering.course.code, "AB"[number % 2], 5, student.user.username, "x"])
    book = importing.workbook(rows)
    job = importing.upload(book, kind="class", by=office, term=offering.term)
    importing.save(job, by=office)
    _notice, people = told("classes_changed")
    assert people == {student.pk for student in students}
