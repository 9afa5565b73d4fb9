import datetime as dt

from django.utils import timezone

from academics.choices import CourseKind, TeachingKind
from accounts.models import LecturerProfile, StudentProfile
from tests.academics.importing import save, upload, workbook
from tests.factories import academics as make

ROOMS = ["kode ruangan", "nama", "kapasitas", "gedung"]
NAME = "Nyeri Dada dan Sesak Napas pada Orang Dewasa Muda"


def fill_more(people) -> None:
    """A running term with one of everything that pages lead to."""
    today = timezone.localdate()
    student = StudentProfile.objects.get(user=people["student"])
    lecturer = LecturerProfile.objects.get(user=people["lecturer"])
    term = make.TermFactory(
        is_active=True,
        year__is_active=True,
        starts_on=today - dt.timedelta(days=80),
        ends_on=today + dt.timedelta(days=59),
    )
    make.TermFactory(year=term.year, kind="even")
    course = make.CourseFactory(name=NAME, kind=CourseKind.BLOCK, block_no=3, level=student.level)
    offering = make.CourseOfferingFactory(course=course, term=term)
    make.TeachingRoleFactory(offering=offering, lecturer=lecturer, kind=TeachingKind.COORDINATOR)
    make.ModuleFactory(offering=offering)
    taught = make.ClassFactory(offering=offering)
    make.ClassMemberFactory(course_class=taught, student=student)
    make.RoomFactory(building="Gedung A")
    make.ExpertiseFactory()
    make.VeteranFactory()
    large = make.LargeGroupFactory(term=term, level=student.level)
    for small in (make.SmallGroupFactory(parent=large), make.SmallGroupFactory(parent=large)):
        for one in [student] if small.number % 2 else [make.StudentFactory(level=student.level)]:
            for group in (large, small):
                make.GroupMemberFactory(group=group, student=one)
    by = people["office"]
    upload(workbook([ROOMS, ["A1", "Aula", "banyak", "A"]]), kind="room", by=by)
    save(upload(workbook([ROOMS, ["B1", "Lab", 20, "B"]]), kind="room", by=by), by=by)
