"""Large groups from a level, and dealing them into small groups that keep their identity."""

from collections import defaultdict
from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from academics.choices import GroupKind
from academics.dealing import Card, deal
from academics.errors import AcademicsError, FieldError
from academics.models import GroupingRun, GroupMember, StudentGroup, Term
from academics.services import rows, tell
from academics.services.membership import locked_group, write_group
from academics.services.rows import By, note
from accounts.choices import StudentStatus
from accounts.models import StudentProfile
from isme.lib.transactions import retry_atomic

MOST_GROUPS = 200


@retry_atomic
def make_large_group(term: Term, *, level: int | None, name: str, by: By) -> StudentGroup:
    """Make a large group of the level's active students who have no place yet; locks the term.

    Raises FieldError when nobody is left for it.
    """
    Term.objects.select_for_update().get(pk=term.pk)
    placed = GroupMember.objects.filter(term=term, kind=GroupKind.LARGE, is_extra=False)
    students = StudentProfile.objects.filter(status=StudentStatus.ACTIVE).exclude(
        pk__in=placed.values("student_id")
    )
    ids = list(students.filter(level=level).values_list("pk", flat=True)) if level else []
    if level and not ids:
        raise FieldError({"level": _("Every student of this level has a large group already.")})
    siblings = StudentGroup.objects.filter(term=term, kind=GroupKind.LARGE, level=level)
    number = 1 + max(siblings.values_list("number", flat=True), default=0)
    group = StudentGroup(
        term=term, kind=GroupKind.LARGE, level=level, number=number, name=name.strip()
    )
    rows.create(group, by=by)
    write_group(group, dict.fromkeys(ids, False), remove=[], by=by)
    return group


@retry_atomic
def delete_group(group: StudentGroup, *, by: By) -> None:
    """Delete a group with the small ones in it; its people lose their places, and are told.

    Locks the family. Raises InUse, and changes nothing, while anything else hangs on one of them.
    """
    group = locked_group(group.pk)
    people = list(group.members.values_list("student_id", flat=True))
    tell.left_group(group, people, by)
    for one in (*group.small_groups.order_by("number"), group):
        write_group(one, {}, remove=people, by=None)
        one.grouping_runs.all().delete()
        rows.delete(one, by=by)


def cards_of(large: StudentGroup) -> list[Card]:
    """The members of a large group as cards: 1 query."""
    members = StudentProfile.objects.filter(group_places__group=large)
    return [
        Card(pk, gender, float(gpa or 0))
        for pk, gender, gpa in members.order_by("pk").values_list("pk", "gender", "gpa")
    ]


def places_of(large: StudentGroup) -> dict[int, GroupMember]:
    """Student id -> place in a small group of ``large``, with the group: 1 query."""
    places = GroupMember.objects.filter(group__parent=large).select_related("group")
    return {place.student_id: place for place in places}


def proposal(large: StudentGroup, *, groups: int, seed: int) -> dict[int, int]:
    """Student id -> number of the small group they would get; locked people stay. 2 queries."""
    locked = {
        student: place.group.number - 1
        for student, place in places_of(large).items()
        if place.is_locked
    }
    dealt = deal(cards_of(large), groups, seed=seed, locked=locked)
    return {student: index + 1 for student, index in dealt.items()}


@retry_atomic
def deal_groups(large_id: int, *, groups: int, seed: int, version: int, by: By) -> GroupingRun:
    """Deal a large group into ``groups`` small ones, as the preview with ``seed`` showed it.

    Groups keep their rows by number; those that are too many are deleted if nothing hangs on
    them. Locks the large group. Raises AcademicsError when it changed since the preview
    (``version``), InUse, and FieldError.
    """
    large = locked_group(large_id)
    if large.kind != GroupKind.LARGE:
        raise AcademicsError(_("Only a large group is dealt into small ones."))
    if not 1 <= groups <= MOST_GROUPS:
        raise FieldError({"groups": _("Between 1 and 200 groups.")})
    if state_of(large) != version:
        raise AcademicsError(_("The members changed since this preview. Look at it again."))
    wanted = proposal(large, groups=groups, seed=seed)
    before = {student: place.group.number for student, place in places_of(large).items()}
    _write_numbers(large, wanted, range(1, groups + 1), by)
    run = GroupingRun.objects.create(
        large_group=large,
        seed=seed,
        groups=groups,
        before={str(student): number for student, number in before.items()},
        after={str(student): number for student, number in wanted.items()},
        made_by_id=by.user_id,
    )
    note("dealt", large, by, {"groups": groups, "seed": seed, "people": len(wanted)})
    _tell_moved(large, before, wanted, by)
    return run


def state_of(large: StudentGroup) -> int:
    """A number that changes with every change of members in the family of ``large``: 1 query."""
    versions = StudentGroup.objects.filter(parent=large).values_list("version", flat=True)
    return large.version + sum(versions)


@retry_atomic
def undo_dealing(run_id: int, *, by: By) -> GroupingRun:
    """Put everybody back where they were before a dealing; harmless to repeat.

    Raises AcademicsError when somebody was moved, added or removed since.
    """
    run = GroupingRun.objects.get(pk=run_id)
    large = locked_group(run.large_group_id)
    run = GroupingRun.objects.select_for_update().get(pk=run_id)
    if run.undone_at is not None:
        return run
    now = {str(student): place.group.number for student, place in places_of(large).items()}
    if now != run.after:
        raise AcademicsError(_("The groups changed since: this dealing can't be undone."))
    before = {int(student): number for student, number in run.before.items()}
    _write_numbers(large, before, sorted(set(before.values())), by)
    run.undone_at, run.undone_by_id = timezone.now(), by.user_id
    run.save(update_fields=["undone_at", "undone_by"])
    note("dealing_undone", large, by, {"run": run_id})
    _tell_moved(large, {int(student): number for student, number in now.items()}, before, by)
    return run


def _tell_moved(large: StudentGroup, was: dict[int, int], now: dict[int, int], by: By) -> None:
    moved = [student for student in was | now if was.get(student) != now.get(student)]
    tell.groups_changed(large.term, moved, by=by.user_id)


def _write_numbers(
    large: StudentGroup, wanted: dict[int, int], numbers: Collection[int], by: By
) -> None:
    """Make the small groups of ``large`` those of ``numbers``, with ``wanted`` as members."""
    small = _small_groups(large, numbers)
    places = places_of(large)
    leaving: dict[int, list[int]] = defaultdict(list)
    coming: dict[int, dict[int, bool]] = defaultdict(dict)
    for student, place in places.items():
        if wanted.get(student) != place.group.number:
            leaving[place.group.number].append(student)
    for student, number in wanted.items():
        old = places.get(student)
        if old is None or old.group.number != number:
            coming[number][student] = old.is_extra if old else False
    # All leave before anybody comes: nobody has two places for a moment.
    for number, students in leaving.items():
        write_group(small[number], {}, remove=students, by=None)
    for number, students_coming in coming.items():
        write_group(small[number], students_coming, remove=[], by=None)
    for number in small.keys() - set(numbers):
        rows.delete(small[number], by=by)


def _small_groups(large: StudentGroup, numbers: Collection[int]) -> dict[int, StudentGroup]:
    """The small groups of ``large`` by number; those of ``numbers`` that are missing are made."""
    small = {group.number: group for group in large.small_groups.order_by("number")}
    for number in numbers:
        if number not in small:
            small[number] = StudentGroup.objects.create(
                term_id=large.term_id,
                kind=GroupKind.SMALL,
                level=large.level,
                number=number,
                name=_("Group %(number)s") % {"number": number},
                parent=large,
            )
    return small
