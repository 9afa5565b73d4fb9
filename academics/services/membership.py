"""The one place where the members of classes and groups change.

Whoever follows a group (its mirrored classes today, bookings when the timetable comes) is moved
here, in the same transaction. The parent row is locked first, so that rivals queue.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from academics.choices import GroupKind, VeteranStatus
from academics.errors import MembershipRefused
from academics.models import Class, ClassMember, GroupMember, StudentGroup, VeteranRecord
from academics.selectors.students import numbers_of
from academics.services import tell
from academics.services.rows import By, note
from accounts.models import StudentProfile, User
from isme.lib import home
from isme.lib.transactions import retry_atomic

MOST_NAMED = 10


@retry_atomic
def add_to_class(class_id: int, *, student_ids: Collection[int], by: By) -> int:
    """Put students into a class; returns how many are new. Locks the class and its siblings.

    Raises MembershipRefused: a class that follows a group, no room, or another class of the
    same course.
    """
    row = _own_class(class_id)
    # Siblings too: one student in two classes of a course must queue here.
    list(Class.objects.select_for_update().filter(offering_id=row.offering_id).order_by("pk"))
    wanted = set(student_ids)
    placed = dict(
        ClassMember.objects.filter(offering_id=row.offering_id, student_id__in=wanted).values_list(
            "student_id", "course_class_id"
        )
    )
    elsewhere = [student for student, where in placed.items() if where != row.pk]
    if elsewhere:
        raise MembershipRefused(
            _("%(people)s of them sit in another class of this course: %(names)s.")
            % {"people": len(elsewhere), "names": _named(elsewhere)}
        )
    fresh = sorted(wanted - set(placed))
    size = row.members.count() + len(fresh)
    if row.capacity is not None and size > row.capacity:
        raise MembershipRefused(
            _("%(people)s people don't fit: the class has %(capacity)s places.")
            % {"people": size, "capacity": row.capacity}
        )
    _write_class(row, add=fresh, remove=[], by=by)
    return len(fresh)


@retry_atomic
def remove_from_class(class_id: int, *, student_ids: Collection[int], by: By) -> int:
    """Take students out of a class; returns how many sat there. Locks the class."""
    row = _own_class(class_id)
    there = row.members.filter(student_id__in=student_ids).values_list("student_id", flat=True)
    gone = sorted(there)
    _write_class(row, add=[], remove=gone, by=by)
    tell.left_class(row, gone, by)
    return len(gone)


def _own_class(class_id: int) -> Class:
    row = Class.objects.select_for_update().get(pk=class_id)
    if row.group_id is not None:
        raise MembershipRefused(
            _("This class follows a large group: change the members of the group.")
        )
    return row


def _write_class(row: Class, *, add: list[int], remove: list[int], by: By | None) -> None:
    row.members.filter(student_id__in=remove).delete()
    ClassMember.objects.bulk_create(
        ClassMember(course_class=row, student_id=student, offering_id=row.offering_id)
        for student in add
    )
    if by is not None and (add or remove):
        note("members_changed", row, by, {"added": add, "removed": remove})
        tell.placed_in_class(row, add, by)
    home.forget([*add, *remove])


@retry_atomic
def add_to_group(group_id: int, *, student_ids: Collection[int], by: By) -> int:
    """Put students into a large or small group; returns how many are new. Locks the large one.

    Raises MembershipRefused: somebody has a place in another group of the term (a veteran in
    several levels may have more), or isn't in the large group yet.
    """
    group = locked_group(group_id)
    wanted = set(student_ids) - set(_ids(group))
    if group.kind == GroupKind.SMALL:
        outside = wanted - set(_ids_of(group.parent_id))
        if outside:
            raise MembershipRefused(
                _("%(people)s of them aren't in the large group yet: %(names)s.")
                % {"people": len(outside), "names": _named(outside)}
            )
    taken = set(
        GroupMember.objects.filter(
            term_id=group.term_id, kind=group.kind, is_extra=False, student_id__in=wanted
        ).values_list("student_id", flat=True)
    )
    multi = set(
        VeteranRecord.objects.filter(
            pk__in=taken, is_multi=True, status=VeteranStatus.ACTIVE
        ).values_list("pk", flat=True)
    )
    if taken - multi:
        raise MembershipRefused(
            _("%(people)s of them have a place in another group of this term: %(names)s.")
            % {"people": len(taken - multi), "names": _named(taken - multi)}
        )
    # A further place in the large group has its small one as a further place too.
    further = multi | set(
        GroupMember.objects.filter(
            group_id=group.parent_id, is_extra=True, student_id__in=wanted
        ).values_list("student_id", flat=True)
    )
    write_group(group, {student: student in further for student in wanted}, remove=[], by=by)
    return len(wanted)


@retry_atomic
def remove_from_group(group_id: int, *, student_ids: Collection[int], by: By) -> int:
    """Take students out of a group, and out of the small groups below it. Locks the large one."""
    group = locked_group(group_id)
    gone = sorted(set(_ids(group)) & set(student_ids))
    for small in group.small_groups.filter(members__student_id__in=gone).distinct():
        write_group(small, {}, remove=sorted(set(_ids(small)) & set(gone)), by=by)
    write_group(group, {}, remove=gone, by=by)
    tell.left_group(group, gone, by)
    return len(gone)


@retry_atomic
def move_to_group(group_id: int, *, student_ids: Collection[int], by: By) -> int:
    """Move students of the same large group into this small one; locks the large one.

    Returns how many moved. Raises MembershipRefused for people of another large group and for
    those who are locked where they are.
    """
    group = locked_group(group_id)
    if group.kind != GroupKind.SMALL:
        raise MembershipRefused(_("People are moved between small groups."))
    wanted = set(student_ids) - set(_ids(group))
    siblings = GroupMember.objects.filter(group__parent_id=group.parent_id, student_id__in=wanted)
    locked = list(siblings.filter(is_locked=True).values_list("student_id", flat=True))
    if locked:
        raise MembershipRefused(
            _("Locked where they are: %(names)s. Unlock them first.") % {"names": _named(locked)}
        )
    by_group: dict[int, list[int]] = {}
    for student, where in siblings.values_list("student_id", "group_id"):
        by_group.setdefault(where, []).append(student)
    extra = dict(siblings.values_list("student_id", "is_extra"))
    outside = wanted - set(_ids_of(group.parent_id))
    if outside:
        raise MembershipRefused(
            _("%(people)s of them aren't in the large group yet: %(names)s.")
            % {"people": len(outside), "names": _named(outside)}
        )
    for small in StudentGroup.objects.filter(pk__in=by_group):
        write_group(small, {}, remove=by_group[small.pk], by=by)
    write_group(group, {s: extra.get(s, False) for s in wanted}, remove=[], by=by)
    return len(wanted)


@retry_atomic
def put_back(
    large_id: int, *, moved_to: int, places: Mapping[int, Collection[int]], by: By
) -> int:
    """Undo a move: those who are still where they went (0: out) go back to ``places``.

    ``places`` maps the id of a small group, 0 for none, to students. Returns how many went back;
    raises MembershipRefused like the other moves. Harmless to repeat. Locks the large group.
    """
    large = locked_group(large_id)
    small = set(large.small_groups.values_list("pk", flat=True))
    if not ({moved_to, *places} <= {0, *small}):
        raise MembershipRefused(_("One of these groups is gone: move them by hand."))
    there = set(_ids_of(moved_to)) if moved_to else None
    back = 0
    for group_id, students in places.items():
        inside = set(_ids(large))
        going = set(students) & there if there is not None else _known(students) - inside
        if not going:
            continue
        back += len(going)
        if there is None:
            add_to_group(large_id, student_ids=going, by=by)
            if group_id:
                add_to_group(group_id, student_ids=going, by=by)
        elif group_id:
            move_to_group(group_id, student_ids=going, by=by)
        else:
            write_group(StudentGroup.objects.get(pk=moved_to), {}, remove=going, by=by)
    return back


@retry_atomic
def lock_in_group(group_id: int, *, student_id: int, locked: bool, by: By) -> None:
    """Let somebody stay (or not) where they are when the groups are dealt anew."""
    group = locked_group(group_id)
    changed = group.members.filter(student_id=student_id).update(is_locked=locked)
    if changed:
        StudentGroup.objects.filter(pk=group.pk).update(version=F("version") + 1)
        note("member_locked", group, by, {"student": student_id, "locked": locked})


def locked_group(group_id: int) -> StudentGroup:
    """The group, with the large one of its family locked: all changes of it queue there."""
    group = StudentGroup.objects.get(pk=group_id)
    StudentGroup.objects.select_for_update().get(pk=group.parent_id or group.pk)
    return group


def write_group(
    group: StudentGroup, add: dict[int, bool], *, remove: Iterable[int], by: By | None
) -> None:
    """Write places (student id -> whether it is a further one) and what follows the group.

    The caller has locked and checked. ``by`` None: the caller records the whole itself.
    """
    gone = sorted(remove)
    group.members.filter(student_id__in=gone).delete()
    GroupMember.objects.bulk_create(
        GroupMember(
            group=group, student_id=student, term_id=group.term_id, kind=group.kind, is_extra=extra
        )
        for student, extra in sorted(add.items())
    )
    if not (add or gone):
        return
    StudentGroup.objects.filter(pk=group.pk).update(version=F("version") + 1)
    for follower in group.classes.select_for_update().order_by("pk"):
        there = set(
            ClassMember.objects.filter(
                offering_id=follower.offering_id, student_id__in=add
            ).values_list("student_id", flat=True)
        )
        fresh = [student for student in sorted(add) if student not in there]
        _write_class(follower, add=fresh, remove=gone, by=None)
    if by is not None:
        note("members_changed", group, by, {"added": sorted(add), "removed": gone})
        tell.placed_in_group(group, sorted(add), by)
    home.forget([*add, *gone])


def _named(student_ids: Collection[int]) -> str:
    """The first of them by name with their NIM, and how many more: 2 queries."""
    found = User.objects.filter(pk__in=student_ids).order_by("name", "pk")[:MOST_NAMED]
    people = list(found.values_list("pk", "name"))
    numbers = numbers_of([pk for pk, _name in people])
    names = ", ".join(f"{name} ({numbers[pk]})" if pk in numbers else name for pk, name in people)
    more = len(student_ids) - len(people)
    if not more:
        return names
    return _("%(names)s and %(more)s more") % {"names": names, "more": more}


def _known(student_ids: Collection[int]) -> set[int]:
    rows = StudentProfile.objects.filter(pk__in=student_ids)
    return set(rows.values_list("pk", flat=True))


def _ids(group: StudentGroup) -> list[int]:
    return _ids_of(group.pk)


def _ids_of(group_id: int | None) -> list[int]:
    rows = GroupMember.objects.filter(group_id=group_id)
    return list(rows.values_list("student_id", flat=True))
