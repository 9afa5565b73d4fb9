"""Students who repeat parts of the programme: becoming one, where they sit, and the end of it."""

from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from academics.choices import VeteranStatus
from academics.errors import AcademicsError, Outdated
from academics.models import VeteranEvent, VeteranLevel, VeteranRecord
from academics.services.rows import By, note
from accounts.choices import StudentStatus
from accounts.models import StudentProfile
from accounts.services.accounts import PEOPLE
from isme.lib import versions
from isme.lib.transactions import retry_atomic

LIVE = (VeteranStatus.PENDING, VeteranStatus.ACTIVE)


@retry_atomic
def mark(student_id: int, *, by: By, note_text: str = "") -> VeteranRecord:
    """Make somebody a veteran from the next promotion on; locks their profile.

    A graduate becomes an active student again, and the level of that moment is remembered.
    Harmless to repeat. Raises AcademicsError for who has left.
    """
    student = StudentProfile.objects.select_for_update().get(pk=student_id)
    old = VeteranRecord.objects.select_for_update().filter(pk=student_id).first()
    if old is not None and old.status in LIVE:
        return old
    if student.status not in {StudentStatus.ACTIVE, StudentStatus.GRADUATED}:
        raise AcademicsError(_("Only an active student or a graduate can become a veteran."))
    came_back = student.status == StudentStatus.GRADUATED
    before = old.status if old else VeteranStatus.NONE
    record, _made = VeteranRecord.objects.update_or_create(
        student=student,
        defaults={
            "status": VeteranStatus.PENDING,
            "note": note_text,
            "terms": 0,
            "level_at_graduation": student.level if came_back else None,
            "set_by_id": by.user_id,
            "set_at": timezone.now(),
            "completed_at": None,
        },
    )
    if came_back:
        StudentProfile.objects.filter(pk=student_id).update(status=StudentStatus.ACTIVE)
    _happened(record, "marked", before, by)
    return record


@retry_atomic
def remove(student_id: int, *, by: By) -> VeteranRecord:
    """End it: who was active graduates, who waited is an ordinary student again. Locks both.

    Harmless to repeat.
    """
    StudentProfile.objects.select_for_update().get(pk=student_id)
    record = VeteranRecord.objects.select_for_update().get(pk=student_id)
    before = record.status
    if before not in LIVE:
        return record
    record.levels.all().delete()
    record.is_multi = False
    if before == VeteranStatus.ACTIVE:
        record.status, record.completed_at = VeteranStatus.COMPLETED, timezone.now()
        StudentProfile.objects.filter(pk=student_id).update(status=StudentStatus.GRADUATED)
    else:
        record.status = VeteranStatus.NONE
        if record.level_at_graduation is not None:
            StudentProfile.objects.filter(pk=student_id).update(status=StudentStatus.GRADUATED)
    record.save()
    _happened(record, "removed", before, by)
    return record


@retry_atomic
def add_level(student_id: int, level: int, *, by: By) -> None:
    """Let a veteran sit in ``level`` too; the second level makes them a multi-veteran."""
    record = _live(student_id)
    _row, made = VeteranLevel.objects.get_or_create(student=record, level=level)
    if made:
        record.is_multi = record.levels.count() > 1
        record.save(update_fields=["is_multi"])
        _happened(record, "level_added", record.status, by, level)


@retry_atomic
def remove_level(student_id: int, level: int, *, by: By) -> None:
    record = _live(student_id)
    gone, _rows = record.levels.filter(level=level).delete()
    if gone:
        record.is_multi = record.levels.count() > 1
        record.save(update_fields=["is_multi"])
        _happened(record, "level_removed", record.status, by, level)


@retry_atomic
def change(
    student_id: int, *, levels: Collection[int], note_text: str, seen: Collection[int], by: By
) -> None:
    """Make these the levels in which a veteran sits too, and this the note; locks the record.

    Raises Outdated when the levels are no longer those that were ``seen``, and AcademicsError
    for who is no veteran (any more).
    """
    record = _live(student_id)
    now = set(record.levels.values_list("level", flat=True))
    if now != set(seen):
        raise Outdated(_("Somebody else changed this while you were typing."))
    for level in sorted(now - set(levels)):
        remove_level(student_id, level, by=by)
    for level in sorted(set(levels) - now):
        add_level(student_id, level, by=by)
    if record.note != note_text:
        VeteranRecord.objects.filter(pk=student_id).update(note=note_text)
        note("note_changed", record, by)


@retry_atomic
def keep_first_level(student_id: int, *, by: By) -> None:
    """No longer in several levels: only the one that was registered first stays."""
    record = _live(student_id)
    first = record.levels.order_by("added_at", "pk").first()
    if first is not None:
        for row in record.levels.exclude(pk=first.pk):
            remove_level(student_id, row.level, by=by)


def _live(student_id: int) -> VeteranRecord:
    record = VeteranRecord.objects.select_for_update().filter(pk=student_id).first()
    if record is None or record.status not in LIVE:
        raise AcademicsError(_("This student isn't a veteran."))
    return record


def _happened(
    record: VeteranRecord, verb: str, before: str, by: By, level: int | None = None
) -> None:
    VeteranEvent.objects.create(
        student_id=record.pk,
        verb=verb,
        from_status=before,
        to_status=record.status,
        level=level,
        by_id=by.user_id,
    )
    note(verb, record, by, {"from": before, "to": record.status, "level": level})
    versions.bump(PEOPLE)
