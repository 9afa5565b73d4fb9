"""Classes: sections of an offering, of their own or following a large group."""

from django.utils.translation import gettext as _

from academics.choices import GroupKind
from academics.errors import FieldError
from academics.models import Class, ClassMember, CourseOffering, GroupMember
from academics.services import rows, tell
from academics.services.rows import By
from isme.lib.transactions import retry_atomic
from notifications import activity


@retry_atomic
def save_class(row: Class, *, by: By, version: int | None = None) -> Class:
    """Create or change a class; locks its offering. Raises FieldError and Outdated.

    A class that begins to follow a large group takes over its members.
    """
    CourseOffering.objects.select_for_update().get(pk=row.offering_id)
    same = Class.objects.filter(offering_id=row.offering_id, name=row.name).exclude(pk=row.pk)
    if same.exists():
        raise FieldError({"name": _("Another class of this course has this name.")})
    if row.group is not None and (
        row.group.kind != GroupKind.LARGE or row.group.term_id != row.offering.term_id
    ):
        raise FieldError({"group": _("Choose a large group of the same term.")})
    before = Class.objects.filter(pk=row.pk).values_list("group_id", flat=True).first()
    if row.group_id is None and row.pk and row.members.count() > row.capacity:
        raise FieldError({"capacity": _("More people than that sit in this class already.")})
    if version is None:
        rows.create(row, by=by)
        activity.record(
            by=by.user_id, verb="academics.class", what=row, course=row.offering, title=row.name
        )
    else:
        rows.change(row, version=version, by=by)
    if row.group_id is not None and row.group_id != before:
        tell.placed_in_class(row, _follow(row), by)
    return row


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
