"""A few students of the demo faculty who repeat parts of the programme."""

from academics.choices import GroupKind, VeteranStatus
from academics.models import StudentGroup, VeteranRecord
from academics.services import membership
from academics.services import veterans as services
from academics.services.rows import By
from accounts.choices import Role
from accounts.models import StudentProfile, User

LEVELS_OF_FOUR = (5, 3, 5, 7)
NOTES = (
    "Mengulang blok Sistem Kardiovaskular",
    "Cuti dua semester karena sakit",
    "Mengulang CSR 3.1 dan Biostatistika",
    "Menyelesaikan skripsi",
)


def seed_veterans() -> None:
    """Two who wait, one veteran, and one in two levels at once. Nothing if there are any."""
    office = User.objects.filter(is_demo=True, role=Role.OFFICE).order_by("pk").first()
    if office is None or VeteranRecord.objects.filter(student__user__is_demo=True).exists():
        return
    by = By(office.pk, tells=False)
    students = StudentProfile.objects.filter(user__is_demo=True, status="active")
    chosen: list[StudentProfile] = []
    for level in LEVELS_OF_FOUR:
        found = students.filter(level=level).exclude(pk__in=[s.pk for s in chosen])
        student = found.order_by("-user__username").first()
        if student is not None:
            chosen.append(student)
    for student, note in zip(chosen, NOTES, strict=False):
        services.mark(student.pk, by=by, note_text=note)
    for student in chosen[:2]:
        VeteranRecord.objects.filter(pk=student.pk).update(status=VeteranStatus.ACTIVE, terms=1)
    if chosen:
        _sit_below(chosen[0], by)


def _sit_below(student: StudentProfile, by: By) -> None:
    """Let a veteran sit in a lower level too, with a further place in its large group."""
    lower = max(student.level - 2, 1)
    for level in (student.level, lower):
        services.add_level(student.pk, level, by=by)
    large = StudentGroup.objects.filter(
        term__is_active=True, kind=GroupKind.LARGE, level=lower
    ).first()
    if large is not None:
        membership.add_to_group(large.pk, student_ids=[student.pk], by=by)
