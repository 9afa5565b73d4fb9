"""Lists of groups: one row is one student's large group, and small group where there is one.

A veteran in several levels at once may have a row for each: the place in another level than that
of the ordinary one is a further place (``extra``), and nobody is moved for it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from academics.choices import GroupKind, TermKind, VeteranStatus
from academics.imports.cells import Text, Whole
from academics.imports.kind import Column, Context, Draft, Kind, fold
from academics.imports.kinds.rosters import NIM, UNREAD, check_student, quietly, students_of
from academics.imports.terms import chosen_term
from academics.models import GroupMember, StudentGroup, Term, VeteranRecord
from academics.services import membership, rows, tell
from academics.services.rows import By

MADE = "groups"
LARGE = "large groups"
ORDINARY = "rows with an ordinary place"
Place = tuple[int, dict[str, Any]]


class GroupLists(Kind):
    name = "group"
    title = _("Group lists")
    what = _("places in groups")
    key = ("nim", "level")
    term = "must"
    unread = UNREAD
    address = "/groups/"
    columns = (
        NIM,
        Column(
            "level",
            _("Study level"),
            Whole(1, 7),
            aliases=("semester", "tingkat", "smt"),
            hint=_("Of the large group, 1 to 7; empty in a short term."),
            example="1",
        ),
        Column(
            "large",
            _("Large group"),
            Text(60),
            aliases=("kelompok besar", "nama kelompok besar"),
            hint=_("Its name; only needed where a level has several, or in a short term."),
        ),
        Column(
            "small",
            _("Small group"),
            Whole(1, 999),
            aliases=("kelompok kecil", "kelompok", "nomor kelompok"),
            clearable=True,
            hint=_("Its number; a dash takes the student out of it."),
            example="3",
        ),
    )

    # --- Checking ---

    def names_of(self, draft: Draft) -> Iterable[tuple[str, str]]:
        if draft.is_good("nim"):
            yield "nim", f"{draft.values['nim']}\t{draft.values.get('level') or ''}"

    def look_up(self, drafts: Sequence[Draft], context: Context) -> None:
        students = students_of(drafts)
        groups = _large_groups(context)
        chosen = chosen_term(context)
        is_short = chosen is not None and chosen.kind == TermKind.SHORT
        records = VeteranRecord.objects.filter(
            pk__in=[s.pk for s in students.values()], completed_at=None
        )
        veterans = {r.pk: r.is_multi and r.status == VeteranStatus.ACTIVE for r in records}
        for draft in drafts:
            student = check_student(draft, students)
            level = draft.values.get("level")
            if is_short == (level is not None):
                draft.bad("level", "level_in_short" if is_short else "required")
            elif student and level and level != student.level and student.pk not in veterans:
                draft.bad("level", "wrong_level", level=student.level)
            self._find_group(draft, groups, context)
        self._find_places(drafts, veterans, context)

    def _find_group(
        self, draft: Draft, groups: dict[tuple[Any, str], str], context: Context
    ) -> None:
        """The large group by its name; the only one of its level; or one to be made."""
        level = draft.values.get("level")
        name = str(draft.values.get("large") or "")
        there = sorted({known for (where, _name), known in groups.items() if where == level})
        if not name and len(there) > 1:
            draft.bad("large", "which_group", names=", ".join(there))
        elif not name and not there and level is None:
            draft.bad("large", "required")
        else:
            name = name or (
                there[0] if there else gettext_now("Level %(level)s") % {"level": level}
            )
            known = groups.get((level, fold(name)))
            if known is None:
                groups[level, fold(name)] = known = name
                context.notice("new_group")
            draft.values["large"] = known

    def _find_places(
        self, drafts: Sequence[Draft], veterans: dict[int, bool], context: Context
    ) -> None:
        students = [d.values["student"] for d in drafts if "student" in d.values]
        held, further = self._held(students, context), self._further(students, context)
        for draft in drafts:
            student = draft.values.get("student", 0)
            place = held.get(student)
            if student and self._is_further(draft, place, veterans, context):
                draft.values["extra"] = True
                place = further.get((student, draft.values.get("level")))
            if place is None:
                continue
            draft.target, draft.before = place
            if draft.changes and "large" in draft.changes:
                context.notice("moved")
                # Leaving the large group is leaving its small ones.
                draft.values.setdefault("small", "")

    def _is_further(
        self, draft: Draft, place: Place | None, veterans: dict[int, bool], context: Context
    ) -> bool:
        """Whether the row is about another place than the student's ordinary one.

        The level tells for who has one; else the first row of the file is the ordinary place.
        """
        student = draft.values["student"]
        rows = context.memory.setdefault(ORDINARY, {})
        here = (draft.sheet, draft.number)
        first = rows.get(student, here)
        is_other = place[1]["level"] != draft.values.get("level") if place else first != here
        if veterans.get(student) and is_other:
            return True
        if rows.setdefault(student, here) != here:
            draft.bad("nim", "same_as_row", sheet=first[0], row=first[1])
        return False

    def _held(self, students: Sequence[Any], context: Context) -> dict[int, Place]:
        """Student -> key of the ordinary place in the large group, and the places: one query."""
        places = self._places(students, context, is_extra=False)
        return {student: place for (student, _level), place in places.items()}

    def _further(self, students: Sequence[Any], context: Context) -> dict[tuple[int, Any], Place]:
        """(Student, level) -> the same of further places: one query."""
        return self._places(students, context, is_extra=True)

    def _places(
        self, students: Sequence[Any], context: Context, *, is_extra: bool
    ) -> dict[tuple[int, Any], Place]:
        found = GroupMember.objects.filter(
            student_id__in=students, term_id=context.term_id, is_extra=is_extra
        ).select_related("group")
        held: dict[tuple[int, Any], Place] = {}
        small = {}
        for row in found:
            level = "" if row.group.level is None else row.group.level
            where = (row.student_id, level)
            if row.kind == GroupKind.LARGE:
                held[where] = (row.pk, {"level": level, "large": row.group.name, "small": ""})
            else:
                small[where] = row.group.number
        for where, number in small.items():
            if where in held:
                held[where][1]["small"] = number
        return held

    def _place_of(self, drafts: Sequence[Draft], context: Context) -> dict[int, Place]:
        """Position in ``drafts`` -> the place that the row is about: two queries."""
        students = [d.values["student"] for d in drafts]
        held, further = self._held(students, context), self._further(students, context)
        found = {}
        for at, draft in enumerate(drafts):
            student = draft.values["student"]
            place = held.get(student)
            if draft.values.get("extra"):
                place = further.get((student, draft.values.get("level")))
            if place is not None:
                found[at] = place
        return found

    def current(self, drafts: Sequence[Draft], context: Context) -> dict[int, dict[str, Any]]:
        places = self._place_of(drafts, context)
        return {
            draft.target: places[at][1]
            for at, draft in enumerate(drafts)
            if draft.target is not None and at in places
        }

    # --- Writing ---

    def lock(self, targets: Sequence[int], context: Context) -> None:
        list(Term.objects.select_for_update().filter(pk=context.term_id))
        large = StudentGroup.objects.filter(term_id=context.term_id, kind=GroupKind.LARGE)
        list(large.select_for_update().order_by("pk"))

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        self._enter(drafts, context)
        places = self._place_of(drafts, context)
        return [places[at][0] for at in range(len(drafts))]

    def update(self, drafts: Sequence[Draft], context: Context) -> None:
        self._leave([d for d in drafts if "large" in d.changes], context)
        self._leave_small([d for d in drafts if "small" in d.changes], context)
        self._enter([_after(d) for d in drafts], context)

    def _enter(self, drafts: Sequence[Draft], context: Context) -> None:
        """Ordinary places first: a place beside one is a further place."""
        self._enter_some([d for d in drafts if not d.values.get("extra")], context)
        self._enter_some([d for d in drafts if d.values.get("extra")], context)

    def _enter_some(self, drafts: Sequence[Draft], context: Context) -> None:
        by = quietly(context)
        large: dict[tuple[Any, str], list[Draft]] = {}
        for draft in drafts:
            level = draft.values.get("level") or None
            large.setdefault((level, str(draft.values["large"])), []).append(draft)
        for (level, name), some in sorted(large.items(), key=lambda item: str(item[0])):
            group = _large(context, by, level, name)
            membership.add_to_group(group.pk, student_ids=_students(some), by=by)
            context.moved.update(_students(some))
            small: dict[int, list[Draft]] = {}
            for draft in some:
                if draft.values.get("small"):
                    small.setdefault(draft.values["small"], []).append(draft)
            for number, few in sorted(small.items()):
                below = _small(context, by, group, number)
                membership.add_to_group(below.pk, student_ids=_students(few), by=by)

    def _leave(self, drafts: Sequence[Draft], context: Context) -> None:
        self._remove(drafts, context, GroupKind.LARGE)

    def _leave_small(self, drafts: Sequence[Draft], context: Context) -> None:
        self._remove(drafts, context, GroupKind.SMALL)

    def _remove(self, drafts: Sequence[Draft], context: Context, kind: GroupKind) -> None:
        places = GroupMember.objects.filter(
            student_id__in=_students(drafts), term_id=context.term_id, kind=kind
        ).values_list("group_id", "student_id", "is_extra", "group__level")
        ordinary = {d.values["student"] for d in drafts if not d.values.get("extra")}
        further = {
            (d.values["student"], d.values.get("level")) for d in drafts if d.values.get("extra")
        }
        leaving: dict[int, list[int]] = {}
        for group_id, student_id, is_extra, level in places:
            if (student_id, level) in further if is_extra else student_id in ordinary:
                leaving.setdefault(group_id, []).append(student_id)
        for group_id, students in sorted(leaving.items()):
            by = quietly(context)
            membership.remove_from_group(group_id, student_ids=students, by=by)
            context.moved.update(students)

    def tell(self, context: Context) -> None:
        if context.moved and (term := chosen_term(context)):
            tell.groups_changed(term, context.moved, by=context.actor_id)

    # --- Undoing ---

    def hanging(self, targets: Sequence[int]) -> dict[str, int]:
        return {}

    def remove(self, drafts: Sequence[Draft], context: Context) -> None:
        self._leave(drafts, context)

    def restore(self, drafts: Sequence[Draft], context: Context) -> None:
        self._leave([d for d in drafts if "large" in d.changes], context)
        self._leave_small([d for d in drafts if "small" in d.changes], context)
        earlier = [Draft(d.sheet, d.number, {}, {**d.values, **(d.before or {})}) for d in drafts]
        self._enter(earlier, context)

    def clear_up(self, made: dict[str, list[int]], context: Context) -> None:
        """Small groups before the large one that they belong to."""
        for row in StudentGroup.objects.filter(pk__in=made.get(MADE, [])).order_by("-pk"):
            rows.delete(row, by=quietly(context))


def _large_groups(context: Context) -> dict[tuple[Any, str], str]:
    """(level, folded name) -> name, also those that the file makes: one query for each import."""
    if LARGE not in context.memory:
        found = StudentGroup.objects.filter(term_id=context.term_id, kind=GroupKind.LARGE)
        context.memory[LARGE] = {(g.level, fold(g.name)): g.name for g in found}
    known: dict[tuple[Any, str], str] = context.memory[LARGE]
    return known


def _students(drafts: Sequence[Draft]) -> list[int]:
    return [draft.values["student"] for draft in drafts]


def _after(draft: Draft) -> Draft:
    """The row as it will be: what it says, and what it left as it was."""
    said = {column: value for column, value in draft.values.items() if value is not None}
    return Draft(draft.sheet, draft.number, {}, {**(draft.before or {}), **said})


def _large(context: Context, by: By, level: Any, name: str) -> StudentGroup:
    """The large group of this name, made if it isn't there yet."""
    there = StudentGroup.objects.filter(
        term_id=context.term_id, kind=GroupKind.LARGE, level=level
    ).order_by("number")
    row = there.filter(name=name).first()
    if row is None:
        last = there.last()
        row = StudentGroup(kind=GroupKind.LARGE, level=level, name=name)
        row.number = last.number + 1 if last else 1
        _make(row, context, by)
    return row


def _small(context: Context, by: By, parent: StudentGroup, number: int) -> StudentGroup:
    """The small group of this number, made if it isn't there yet."""
    row = parent.small_groups.filter(number=number).first()
    if row is None:
        name = gettext_now("Group %(number)s") % {"number": number}
        row = StudentGroup(kind=GroupKind.SMALL, level=parent.level, parent=parent, name=name)
        row.number = number
        _make(row, context, by)
    return row


def _make(row: StudentGroup, context: Context, by: By) -> None:
    row.term_id = context.term_id
    rows.create(row, by=by)
    context.made.setdefault(MADE, []).append(row.pk)
