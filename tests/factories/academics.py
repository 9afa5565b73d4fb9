"""The faculty's structure for tests: each factory makes what it hangs on."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from academics import models
from academics.choices import (
    CourseKind,
    GroupKind,
    ModuleKind,
    TeachingKind,
    TermKind,
    VeteranStatus,
)
from accounts.choices import Gender, MainRole, Role
from accounts.models import LecturerProfile, StudentProfile, User


class StudentFactory(DjangoModelFactory):
    """A student's profile; its user is made with it."""

    class Meta:
        model = StudentProfile

    user = factory.LazyAttributeSequence(
        lambda _o, n: User.objects.create(
            username=f"student{n}", name=f"Student {n:04}", role=Role.STUDENT, password="!"
        )
    )
    intake_year = 2026
    level = 1
    gender = Gender.FEMALE
    gpa = "3.00"


class LecturerFactory(DjangoModelFactory):
    """A lecturer's profile; its user is made with it."""

    class Meta:
        model = LecturerProfile

    user = factory.LazyAttributeSequence(
        lambda _o, n: User.objects.create(
            username=f"lecturer{n}", name=f"Lecturer {n:04}", role=Role.LECTURER, password="!"
        )
    )
    main_role = MainRole.TEACHER


class AcademicYearFactory(DjangoModelFactory):
    class Meta:
        model = models.AcademicYear
        django_get_or_create = ["first_year"]

    first_year = 2026


class TermFactory(DjangoModelFactory):
    class Meta:
        model = models.Term
        django_get_or_create = ["year", "kind"]

    year = factory.SubFactory(AcademicYearFactory)
    kind = TermKind.ODD
    starts_on = factory.LazyAttribute(
        lambda o: (
            dt.date(o.year.first_year, 8, 1)
            if o.kind == TermKind.ODD
            else dt.date(o.year.first_year + 1, 2, 1)
        )
    )
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + dt.timedelta(days=180))


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = models.Course

    code = factory.Sequence(lambda n: f"MKU{n:04}")
    name = factory.Sequence(lambda n: f"Course {n:04}")
    kind = CourseKind.REGULAR
    level = 1
    curriculum_year = 2024


class CourseOfferingFactory(DjangoModelFactory):
    class Meta:
        model = models.CourseOffering

    course = factory.SubFactory(CourseFactory)
    term = factory.SubFactory(TermFactory)
    starts_on = factory.LazyAttribute(lambda o: o.term.starts_on)
    ends_on = factory.LazyAttribute(lambda o: o.term.ends_on)


class ModuleFactory(DjangoModelFactory):
    class Meta:
        model = models.Module

    offering = factory.SubFactory(CourseOfferingFactory)
    kind = ModuleKind.PBL
    number = factory.Sequence(lambda n: n % 99 + 1)
    title = factory.Sequence(lambda n: f"Module {n:04}")


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = models.Room

    code = factory.Sequence(lambda n: f"R{n:04}")
    name = factory.Sequence(lambda n: f"Room {n:04}")
    capacity = 40


class LargeGroupFactory(DjangoModelFactory):
    class Meta:
        model = models.StudentGroup

    term = factory.SubFactory(TermFactory)
    kind = GroupKind.LARGE
    level = 1
    name = factory.LazyAttribute(lambda o: f"Level {o.level}")


class SmallGroupFactory(DjangoModelFactory):
    class Meta:
        model = models.StudentGroup

    parent = factory.SubFactory(LargeGroupFactory)
    term = factory.LazyAttribute(lambda o: o.parent.term)
    level = factory.LazyAttribute(lambda o: o.parent.level)
    kind = GroupKind.SMALL
    number = factory.Sequence(lambda n: n % 999 + 1)
    name = factory.LazyAttribute(lambda o: f"Group {o.number}")


class GroupMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.GroupMember

    group = factory.SubFactory(LargeGroupFactory)
    student = factory.SubFactory(StudentFactory)
    term = factory.LazyAttribute(lambda o: o.group.term)
    kind = factory.LazyAttribute(lambda o: o.group.kind)


class ClassFactory(DjangoModelFactory):
    class Meta:
        model = models.Class

    offering = factory.SubFactory(CourseOfferingFactory)
    name = factory.Sequence(lambda n: f"Class {n:04}")
    capacity = 40


class ClassMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.ClassMember

    course_class = factory.SubFactory(ClassFactory)
    student = factory.SubFactory(StudentFactory)
    offering = factory.LazyAttribute(lambda o: o.course_class.offering)


class ExpertiseFactory(DjangoModelFactory):
    class Meta:
        model = models.Expertise

    name = factory.Sequence(lambda n: f"Expertise {n:04}")


class TeachingRoleFactory(DjangoModelFactory):
    class Meta:
        model = models.TeachingRole

    offering = factory.SubFactory(CourseOfferingFactory)
    lecturer = factory.SubFactory(LecturerFactory)
    kind = TeachingKind.TEACHER


class VeteranFactory(DjangoModelFactory):
    class Meta:
        model = models.VeteranRecord

    student = factory.SubFactory(StudentFactory)
    status = VeteranStatus.ACTIVE
    set_at = factory.LazyFunction(timezone.now)
    set_by = factory.LazyAttribute(lambda o: o.student.user)
