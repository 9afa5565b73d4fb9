"""Classes: sections of an offering, of their own or following a large group."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from academics.choices import GroupKind
from academics.errors import FieldError
from academics.models import Class, ClassMember, CourseOffering, GroupMember
from academics.services import rows, tell
from academics.services.membership import locked_group
from academics.services.rows import By
from isme.lib.transactions import retry_atomic
from notifications import activity


@retry_atomic
def save_class(row: Class, *, by: By, version: int | None = None) -> Class:
    """Create or change a class; locks its offering. Raises FieldError and Outdated.

    A class that begins to follow a large group takes over its members.
    """
    CourseOffering.objects.select_for_update().get(pk=row.offering_id)
    before = Class.objects.filter(pk=row.pk).first()
    if errors := _wrong(row, before):
        raise FieldError(errors)
    if version is None:
        rows.create(row, by=by)
        activity.record(
            by=by.user_id, verb="academics.class", what=row, course=row.offering, title=row.name
        )
    else:
        rows.change(row, version=version, by=by)
    if row.group_id is not None and (before is None or row.group_id != before.group_id):
        tell.placed_in_class(row, _follow(row), by)
    return row


def _wrong(row: Class, before: Class | None) -> dict[str, str]:
    """What is wrong with the class, all at once (field -> text)."""
    errors = {}
    same = Class.objects.filter(offering_id=row.offering_id, name=row.name).exclude(pk=row.pk)
    if same.exists():
        errors["name"] = _("Another class of this course has this name.")
    follows_anew = before is None or before.group_id != row.group_id
    if follows_anew and (text := _wrong_group(row)):
        errors["group"] = text
    if text := _wrong_capacity(row, before):
        errors["capacity"] = text
    return errors


def _wrong_group(row: Class) -> str:
    group, course = row.group, row.offering.course
    if group is None:
        return ""
    if group.kind != GroupKind.LARGE or group.term_id != row.offering.term_id:
        return _("Choose a large group of the same term.")
    if course.level not in {None, group.level}:
        return _("This course belongs to level %(level)s: choose a large group of that level.") % {
            "level": course.level
        }
    return ""


def _wrong_capacity(row: Class, before: Class | None) -> str:
    """A group that grew above a set capacity is no error of who changes only the name."""
    if row.group is None:
        if row.capacity is None:
            return _("A class with members of its own needs a capacity.")
        if before is not None and row.members.count() > row.capacity:
            return _("More people than that sit in this class already.")
        return ""
    is_new = before is None or (before.group_id, before.capacity) != (row.group_id, row.capacity)
    people = row.group.members.count() if is_new and row.capacity is not None else 0
    if row.capacity is not None and people > row.capacity:
        return _(
            "The large group has %(people)s students. Leave this empty to let the class grow"
            " with it."
        ) % {"people": people}
    return ""


@retry_atomic
def make_classes_of_group(group_id: int, *, by: By) -> int:
    """Give each course of a large group's level a class that follows it; returns how many.

    Courses with lists of their own are left alone. The group's people are told once. Locks the
    group. Raises FieldError when some of them sit in another class of such a course.
    """
    group = locked_group(group_id)
    others = Class.objects.filter(Q(group=None) | Q(group=group), offering=OuterRef("pk"))
    offerings = CourseOffering.objects.filter(
        ~Exists(others), term_id=group.term_id, course__level=group.level
    )
    people = list(group.members.values_list("student_id", flat=True))
    quietly = replace(by, tells=False)
    found = list(offerings.select_related("course", "term__year").order_by("course__code"))
    for offering in found:
        save_class(Class(offering=offering, name=group.name, group=group), by=quietly)
    if found:
        tell.classes_changed(group.term, people, by=by.user_id)
    return len(found)


def _follow(row: Class) -> list[int]:
    """Make the members those of the group; returns who is new. Raises FieldError when some sit in another class."""
    wanted = set(
        GroupMember.objects.filter(group_id=row.group_id).values_list("student_id", flat=True)
    )
    others = ClassMember.objects.filter(offering_id=row.offering_id, student_id__in=wanted)
    if others.exclude(course_class=row).exists():
        raise FieldError(
            {"group": _("Some of this group sit in another class of this course already.")}
        )
    there = set(row.members.values_list("student_id", flat=True))
    row.members.filter(student_id__in=there - wanted).delete()
    fresh = sorted(wanted - there)
    ClassMember.objects.bulk_create(
        ClassMember(course_class=row, student_id=student, offering_id=row.offering_id)
        for student in fresh
    )
    return fresh
