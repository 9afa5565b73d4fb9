"""What lists of members have in common: a student of each row, found by the NIM."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from academics.imports.cells import Digits
from academics.imports.kind import Column, Context, Draft
from academics.services.rows import By
from accounts.choices import IdentifierKind, StudentStatus
from accounts.models import StudentProfile

UNREAD = {"nama": "names", "name": "names", "nama mahasiswa": "names", "no": "numbers"}
NIM = Column(
    "nim",
    "NIM",
    Digits(8, 15),
    aliases=("nomor induk mahasiswa", "mahasiswa"),
    required=True,
    hint=_("Of a student who is there already."),
    example="202610100001",
)


def students_of(drafts: Sequence[Draft]) -> dict[str, StudentProfile]:
    """NIM -> student, also for those whose username is their NIM. One query or two."""
    wanted = {str(d.values["nim"]) for d in drafts if d.is_good("nim")}
    profiles = StudentProfile.objects.select_related("user")
    by_nim = profiles.filter(
        user__identifiers__kind=IdentifierKind.NIM, user__identifiers__value__in=wanted
    ).prefetch_related("user__identifiers")
    found = {
        row.value: profile
        for profile in by_nim
        for row in profile.user.identifiers.all()
        if row.kind == IdentifierKind.NIM
    }
    if missing := wanted - set(found):
        found |= {p.user.username: p for p in profiles.filter(user__username__in=missing)}
    return found


def check_student(draft: Draft, students: dict[str, StudentProfile]) -> StudentProfile | None:
    """The row's student if there is one who is active."""
    if not draft.is_good("nim"):
        return None
    student = students.get(str(draft.values["nim"]))
    if student is None:
        draft.bad("nim", "no_student")
    elif student.status != StudentStatus.ACTIVE:
        draft.bad("nim", "inactive_student")
        return None
    else:
        draft.values["student"] = student.pk
    return student


def quietly(context: Context) -> By:
    """Who saved the list; it tells people once, not for each class or group."""
    return By(context.actor_id or 0, tells=False)


def by_group(drafts: Sequence[Draft], column: str) -> dict[Any, list[int]]:
    """Value of ``column`` -> the students of its rows, in the order of the file."""
    found: dict[Any, list[int]] = {}
    for draft in drafts:
        found.setdefault(draft.values[column], []).append(draft.values["student"])
    return found
