"""Moving all active students up one level when a term changes, and taking that back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from academics.choices import LAST_LEVEL, GroupKind, VeteranStatus
from academics.errors import AcademicsError
from academics.models import (
    GroupMember,
    PromotionEntry,
    PromotionRun,
    StudentGroup,
    Term,
    VeteranEvent,
    VeteranRecord,
)
from academics.rules import leads_to
from academics.services import tell
from academics.services.rows import By, note
from accounts.choices import StudentStatus
from accounts.models import StudentProfile
from accounts.services.accounts import PEOPLE
from isme.lib import versions
from isme.lib.transactions import retry_atomic
from notifications import activity

BATCH = 1000
NOT_VETERAN, PENDING, ACTIVE = VeteranStatus.NONE, VeteranStatus.PENDING, VeteranStatus.ACTIVE


@dataclass(frozen=True)
class Step:
    """What the promotion does to one student."""

    student_id: int
    from_level: int
    to_level: int
    to_status: str
    from_veteran: str
    to_veteran: str

    @property
    def graduates(self) -> bool:
        return self.to_status == StudentStatus.GRADUATED


def step_of(student_id: int, level: int, veteran: str) -> Step:
    """One level up; above the last a student graduates and keeps it. Pure.

    A veteran never graduates by promotion: the office ends that. Who waits to become one does.
    """
    is_veteran = veteran in {PENDING, ACTIVE}
    if level >= LAST_LEVEL and not is_veteran:
        return Step(student_id, level, level, StudentStatus.GRADUATED, veteran, veteran)
    to_veteran = ACTIVE if veteran == PENDING else veteran
    return Step(
        student_id, level, min(level + 1, LAST_LEVEL), StudentStatus.ACTIVE, veteran, to_veteran
    )


def plan() -> list[Step]:
    """The steps of all active students as they are now: 2 queries."""
    veterans = dict(VeteranRecord.objects.values_list("pk", "status"))
    students = StudentProfile.objects.filter(status=StudentStatus.ACTIVE).order_by("pk")
    return [
        step_of(pk, level, veterans.get(pk, NOT_VETERAN))
        for pk, level in students.values_list("pk", "level")
    ]


@retry_atomic
def promote(from_term_id: int, to_term_id: int, *, by: By) -> PromotionRun:
    """Promote all active students once between two terms; locks both terms.

    Levels, graduations, veterans, and the groups of the old term as groups of the new one with
    the next level. Raises AcademicsError: not the next term, or done already.
    """
    terms = Term.objects.select_for_update().in_bulk([from_term_id, to_term_id])
    from_term, to_term = terms[from_term_id], terms[to_term_id]
    if not leads_to(from_term, to_term):
        raise AcademicsError(
            _("Students are promoted from one odd or even term into a later one.")
        )
    run = PromotionRun(from_term=from_term, to_term=to_term, made_by_id=by.user_id)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        raise AcademicsError(
            _("The students were already promoted from or into one of these terms.")
        ) from error
    list(StudentProfile.objects.select_for_update().filter(status=StudentStatus.ACTIVE))
    steps = plan()
    _write_steps(run, steps)
    _move_veterans(steps, by)
    _copy_groups(run, {step.student_id: step for step in steps if not step.graduates})
    run.graduated = sum(step.graduates for step in steps)
    run.promoted = len(steps) - run.graduated
    run.save(update_fields=["promoted", "graduated"])
    note("made", run, by, {"promoted": run.promoted, "graduated": run.graduated})
    activity.record(by=by.user_id, verb="academics.promotion", what=run, title=str(to_term))
    tell.promoted(run, {step.to_level for step in steps if not step.graduates}, by)
    versions.bump(PEOPLE)
    return run


def _write_steps(run: PromotionRun, steps: list[Step]) -> None:
    PromotionEntry.objects.bulk_create(
        (
            PromotionEntry(
                run=run,
                student_id=step.student_id,
                from_level=step.from_level,
                to_level=step.to_level,
                from_status=StudentStatus.ACTIVE,
                to_status=step.to_status,
                from_veteran=step.from_veteran,
                to_veteran=step.to_veteran,
            )
            for step in steps
        ),
        batch_size=BATCH,
    )
    alike: dict[tuple[int, str], list[int]] = defaultdict(list)
    for step in steps:
        alike[step.to_level, step.to_status].append(step.student_id)
    for (level, status), students in alike.items():
        _update(students, level=level, status=status)


def _update(students: list[int], **values: object) -> None:
    for part in _parts(students):
        StudentProfile.objects.filter(pk__in=part).update(**values)


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _move_veterans(steps: list[Step], by: By) -> None:
    veterans = [step for step in steps if step.to_veteran == ACTIVE]
    for part in _parts([step.student_id for step in veterans]):
        VeteranRecord.objects.filter(pk__in=part).update(status=ACTIVE, terms=F("terms") + 1)
    VeteranEvent.objects.bulk_create(
        VeteranEvent(
            student_id=step.student_id,
            verb="promoted",
            from_status=step.from_veteran,
            to_status=step.to_veteran,
            level=step.to_level,
            by_id=by.user_id,
        )
        for step in veterans
    )


def _copy_groups(run: PromotionRun, steps: dict[int, Step]) -> None:
    """The old term's groups in the new one, a level higher, with those who went along.

    A level that has groups in the new term already is left alone.
    """
    taken = set(run.to_term.groups.values_list("level", flat=True))
    old = run.from_term.groups.exclude(level=None).exclude(level=LAST_LEVEL)
    copied: dict[int, StudentGroup] = {}
    # Large groups first: small ones point at their copies.
    for group in old.order_by("kind", "level", "number"):
        level = (group.level or 0) + 1
        if level not in taken:
            copied[group.pk] = StudentGroup.objects.create(
                term=run.to_term,
                kind=group.kind,
                level=level,
                number=group.number,
                name=_next_name(group.name, level)
                if group.kind == GroupKind.LARGE
                else group.name,
                parent=copied[group.parent_id] if group.parent_id else None,
                made_by_run=run,
            )
    places = GroupMember.objects.filter(group__in=copied).order_by("pk")
    GroupMember.objects.bulk_create(
        (
            GroupMember(
                group=copied[place.group_id],
                student_id=place.student_id,
                term=run.to_term,
                kind=place.kind,
                is_extra=place.is_extra,
                is_locked=place.is_locked,
            )
            for place in places
            if place.student_id in steps
        ),
        batch_size=BATCH,
    )


def _next_name(name: str, level: int) -> str:
    """A name that ends in the old level ends in the new one."""
    old = f" {level - 1}"
    return f"{name.removesuffix(old)} {level}" if name.endswith(old) else name


@retry_atomic
def revert(run_id: int, *, by: By) -> PromotionRun:
    """Take a promotion back; locks it. Harmless to repeat.

    Raises AcademicsError when a student changed since, or something hangs on a copied group.
    """
    run = PromotionRun.objects.select_for_update().get(pk=run_id)
    if run.reverted_at is not None:
        return run
    entries = list(run.entries.all())
    _still_as_promoted(entries)
    _remove_groups(run)
    alike: dict[tuple[int, str], list[int]] = defaultdict(list)
    for entry in entries:
        alike[entry.from_level, entry.from_status].append(entry.student_id)
    for (level, status), students in alike.items():
        _update(students, level=level, status=status)
    _veterans_back(entries, by)
    run.reverted_at, run.reverted_by_id = timezone.now(), by.user_id
    run.save(update_fields=["reverted_at", "reverted_by"])
    note("reverted", run, by, {"students": len(entries)})
    tell.promotion_reverted(run, by)
    versions.bump(PEOPLE)
    return run


def _still_as_promoted(entries: list[PromotionEntry]) -> None:
    now = {
        pk: (level, status)
        for pk, level, status in StudentProfile.objects.select_for_update()
        .filter(promotions__run_id=entries[0].run_id if entries else 0)
        .values_list("pk", "level", "status")
    }
    changed = sum(now[e.student_id] != (e.to_level, e.to_status) for e in entries)
    if changed:
        raise AcademicsError(
            _("%(people)s students were changed since: the promotion can't be taken back.")
            % {"people": changed}
        )


def _remove_groups(run: PromotionRun) -> None:
    groups = StudentGroup.objects.filter(made_by_run=run)
    if groups.filter(classes__isnull=False).exists() or groups.filter(grouping_runs__isnull=False):
        raise AcademicsError(
            _("Classes or new small groups hang on the copied groups: they would lose them.")
        )
    GroupMember.objects.filter(group__in=groups).delete()
    groups.filter(kind=GroupKind.SMALL).delete()
    groups.delete()


def _veterans_back(entries: list[PromotionEntry], by: By) -> None:
    moved = [entry for entry in entries if entry.to_veteran == ACTIVE]
    for entry in moved:
        VeteranRecord.objects.filter(pk=entry.student_id).update(
            status=entry.from_veteran, terms=F("terms") - 1
        )
    VeteranEvent.objects.bulk_create(
        VeteranEvent(
            student_id=entry.student_id,
            verb="reverted",
            from_status=entry.to_veteran,
            to_status=entry.from_veteran,
            level=entry.from_level,
            by_id=by.user_id,
        )
        for entry in moved
    )
