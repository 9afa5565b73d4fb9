"""Lists of classes: one row is one student's place in a class of a course."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from academics.errors import MembershipRefused
from academics.imports.cells import Text, Whole
from academics.imports.course_columns import code
from academics.imports.kind import Column, Context, Draft, Kind, fold, targets_of
from academics.imports.kinds.rosters import (
    NIM,
    UNREAD,
    by_group,
    check_student,
    quietly,
    students_of,
)
from academics.imports.messages import CELLS, explain
from academics.imports.related import hanging_on
from academics.imports.terms import chosen_term
from academics.models import Class, ClassMember, CourseOffering
from academics.services import membership, rows, tell
from academics.services.classes import save_class

MADE = "classes"
OFFERINGS, CLASSES = "offerings by code", "classes of an offering"


class ClassLists(Kind):
    name = "class"
    title = _("Class lists")
    what = _("places in classes")
    key = ("course", "nim")
    term = "must"
    settles = True
    unread = UNREAD
    address = "/classes/"
    columns = (
        Column(
            "course",
            _("Course code"),
            code,
            aliases=("kode", "kode mata kuliah", "kode mk", "mata kuliah"),
            required=True,
            hint=_("Of a course that is offered in the term."),
            example="MKB24101",
        ),
        Column(
            "class",
            _("Class"),
            Text(60),
            aliases=("kelas", "nama kelas"),
            required=True,
            example="A",
        ),
        Column(
            "capacity",
            _("Capacity"),
            Whole(1, 10_000),
            aliases=("kapasitas",),
            hint=_("Only for classes that don't exist yet."),
            example="60",
        ),
        NIM,
    )

    # --- Checking ---

    def look_up(self, drafts: Sequence[Draft], context: Context) -> None:
        students = students_of(drafts)
        offerings = _offerings(context)
        classes = _classes(context)
        for draft in drafts:
            check_student(draft, students)
            offering = offerings.get(str(draft.values.get("course")))
            if draft.is_good("course") and offering is None:
                draft.bad("course", "no_offering")
            elif offering is not None and draft.is_good("class"):
                draft.values["offering"] = offering
                self._check_class(draft, classes, context)
        self._find_places(drafts, context)

    def _check_class(
        self, draft: Draft, classes: dict[tuple[Any, str], Class], context: Context
    ) -> None:
        """An existing class by its name in any case, or a new one with its capacity."""
        place = (draft.values["offering"], fold(str(draft.values["class"])))
        known = classes.get(place)
        capacity = draft.values.get("capacity")
        if known is None:
            if not capacity:
                draft.bad("class", "no_class")
                return
            offering_id = place[0]
            known = Class(offering_id=offering_id, name=str(draft.values["class"]))
            known.capacity = capacity
            classes[place] = known
            context.notice("new_class")
        elif known.group_id is not None:
            draft.bad("class", "follows_group")
        elif capacity and capacity != known.capacity:
            draft.bad("capacity", "same_class", capacity=known.capacity)
        draft.values["class"] = known.name

    def _find_places(self, drafts: Sequence[Draft], context: Context) -> None:
        students = [d.values["student"] for d in drafts if "student" in d.values]
        found = ClassMember.objects.filter(
            student_id__in=students, offering__term_id=context.term_id
        ).select_related("course_class")
        places: dict[Any, ClassMember] = {(row.student_id, row.offering_id): row for row in found}
        for draft in drafts:
            row = places.get((draft.values.get("student"), draft.values.get("offering")))
            if row is not None:
                draft.target, draft.before = row.pk, {"class": row.course_class.name}
                if draft.changes:
                    context.notice("moved")
                    if row.course_class.group_id is not None:
                        draft.bad("nim", "sits_elsewhere", name=row.course_class.name)

    def settle(self, drafts: Sequence[Draft], context: Context) -> None:
        """Nobody comes into a full class: counted when the whole file is known."""
        classes = _classes(context)
        sizes: Counter[Any] = Counter()
        keys = {c.pk: place for place, c in classes.items() if c.pk}
        counted = Class.objects.filter(pk__in=keys).annotate(people=Count("members"))
        sizes.update({keys[row.pk]: row.people for row in counted})
        coming = [d for d in drafts if not d.problems and (d.before is None or d.changes)]
        for draft in coming:
            if draft.before is not None:
                sizes[_place(draft, draft.before["class"])] -= 1
        for draft in coming:
            place = _place(draft, draft.values["class"])
            sizes[place] += 1
            most = classes[place].capacity
            if most is not None and sizes[place] > most:
                draft.bad("class", "class_full", capacity=most)

    def current(self, drafts: Sequence[Draft], context: Context) -> dict[int, dict[str, Any]]:
        found = ClassMember.objects.filter(pk__in=targets_of(drafts)).select_related(
            "course_class"
        )
        there = {row.pk: {"class": row.course_class.name} for row in found}
        # Somebody who was moved has another row now: found by who it is.
        for draft in drafts:
            if draft.target is not None and draft.target not in there:
                row = _place_of(draft)
                if row is not None:
                    there[draft.target] = {"class": row.course_class.name}
        return there

    # --- Writing ---

    def lock(self, targets: Sequence[int], context: Context) -> None:
        list(
            CourseOffering.objects.select_for_update()
            .filter(term_id=context.term_id)
            .order_by("pk")
            .values_list("pk", flat=True)
        )

    def update(self, drafts: Sequence[Draft], context: Context) -> None:
        """Everybody leaves their class before anybody enters one: two full ones may swap."""
        self._leave(drafts, context)
        self._enter(drafts, context)

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        self._enter(drafts, context)
        found = ClassMember.objects.filter(
            student_id__in=[d.values["student"] for d in drafts],
            offering__term_id=context.term_id,
        ).values_list("student_id", "offering_id", "pk")
        keys = {(student, offering): pk for student, offering, pk in found}
        return [keys[d.values["student"], d.values["offering"]] for d in drafts]

    def _leave(self, drafts: Iterable[Draft], context: Context) -> None:
        leaving: dict[int, list[int]] = {}
        for draft in drafts:
            row = _place_of(draft)
            if row is not None:
                leaving.setdefault(row.course_class_id, []).append(row.student_id)
        for class_id, students in sorted(leaving.items()):
            by = quietly(context)
            membership.remove_from_class(class_id, student_ids=students, by=by)
            context.moved.update(students)

    def _enter(self, drafts: Sequence[Draft], context: Context) -> None:
        by = quietly(context)
        grouped: dict[tuple[int, str], list[Draft]] = {}
        for draft in drafts:
            place = (draft.values["offering"], str(draft.values["class"]))
            grouped.setdefault(place, []).append(draft)
        for (offering_id, name), some in sorted(grouped.items()):
            row = Class.objects.filter(offering_id=offering_id, name=name).first()
            if row is None:
                capacity = some[0].values.get("capacity")
                if not capacity:
                    raise MembershipRefused(explain(CELLS, "no_class", {}))
                row = Class(offering_id=offering_id, name=name, capacity=capacity)
                save_class(row, by=by)
                context.made.setdefault(MADE, []).append(row.pk)
            students = by_group(some, "class")[name]
            membership.add_to_class(row.pk, student_ids=students, by=by)
            context.moved.update(students)

    def tell(self, context: Context) -> None:
        if context.moved and (term := chosen_term(context)):
            tell.classes_changed(term, context.moved, by=context.actor_id)

    # --- Undoing ---

    def hanging(self, targets: Sequence[int]) -> dict[str, int]:
        return hanging_on(ClassMember, targets)

    def remove(self, drafts: Sequence[Draft], context: Context) -> None:
        self._leave(drafts, context)

    def restore(self, drafts: Sequence[Draft], context: Context) -> None:
        self._leave(drafts, context)
        earlier = [Draft(d.sheet, d.number, {}, {**d.values, **(d.before or {})}) for d in drafts]
        self._enter(earlier, context)

    def clear_up(self, made: dict[str, list[int]], context: Context) -> None:
        for row in Class.objects.filter(pk__in=made.get(MADE, [])).order_by("pk"):
            rows.delete(row, by=quietly(context))


def _offerings(context: Context) -> dict[str, int]:
    """Course code -> offering of the term: one query for each import."""
    if OFFERINGS not in context.memory:
        found = CourseOffering.objects.filter(term_id=context.term_id)
        context.memory[OFFERINGS] = dict(found.values_list("course__code", "pk"))
    known: dict[str, int] = context.memory[OFFERINGS]
    return known


def _classes(context: Context) -> dict[tuple[Any, str], Class]:
    """(offering, folded name) -> class, also those that the file makes."""
    if CLASSES not in context.memory:
        found = Class.objects.filter(offering__term_id=context.term_id)
        context.memory[CLASSES] = {(row.offering_id, fold(row.name)): row for row in found}
    known: dict[tuple[Any, str], Class] = context.memory[CLASSES]
    return known


def _place(draft: Draft, name: Any) -> tuple[Any, str]:
    return draft.values["offering"], fold(str(name))


def _place_of(draft: Draft) -> ClassMember | None:
    found = ClassMember.objects.select_related("course_class").filter(
        student_id=draft.values["student"], offering_id=draft.values["offering"]
    )
    return found.first()
