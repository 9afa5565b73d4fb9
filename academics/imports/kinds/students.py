"""Students."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academics.imports.cells import Choice, Digits, Fraction, Whole
from academics.imports.kind import Column, Draft
from academics.imports.kinds.people import EMAIL, NAME, USERNAME, People
from accounts.choices import Gender, Role, StudentStatus
from accounts.models import StudentProfile, User
from accounts.services.batches import NewPerson

PROFILE = ("gender", "gpa", "status", "intake_year", "level")


class Students(People):
    name = "student"
    title = _("Students")
    what = _("students")
    role = Role.STUDENT.value
    key = ("nim",)
    columns = (
        Column(
            "nim",
            "NIM",
            Digits(8, 15),
            aliases=("nomor induk mahasiswa", "student number"),
            required=True,
            hint=_("Digits only, 8 to 15. Rows with a known NIM change that student."),
            example="202610100001",
        ),
        NAME,
        USERNAME,
        EMAIL,
        Column(
            "gender",
            _("Gender"),
            Choice(
                {
                    Gender.MALE.value: "Laki-laki|l|lk|pria|male|m",
                    Gender.FEMALE.value: "Perempuan|p|pr|wanita|female|f",
                }
            ),
            aliases=("jenis kelamin", "jk", "l/p", "sex"),
            required=True,
            hint=_("Laki-laki or Perempuan; L and P are understood."),
            example="Perempuan",
        ),
        Column(
            "gpa",
            _("GPA"),
            Fraction(0, 4),
            aliases=("ipk", "indeks prestasi kumulatif"),
            clearable=True,
            hint=_("0 to 4 with at most two decimals; may stay empty."),
            example="3,42",
        ),
        Column(
            "status",
            _("Status"),
            Choice(
                {
                    StudentStatus.ACTIVE.value: "aktif|active",
                    StudentStatus.INACTIVE.value: "tidak aktif|nonaktif|non aktif|cuti|inactive",
                    StudentStatus.GRADUATED.value: "lulus|graduated",
                    StudentStatus.DROPPED_OUT.value: "drop out|do|dropped out",
                    StudentStatus.LEFT.value: "keluar|left",
                }
            ),
            required=True,
            hint=_("aktif, tidak aktif, lulus, drop out or keluar."),
            example="aktif",
        ),
        Column(
            "intake_year",
            _("Intake year"),
            Whole(1990, 2100),
            aliases=("angkatan", "tahun masuk"),
            required=True,
            hint=_("The year in which the student began."),
            example="2026",
        ),
        Column(
            "level",
            _("Study level"),
            Whole(1, 7),
            aliases=("semester", "tingkat", "smt"),
            required=True,
            hint=_("1 to 7."),
            example="1",
        ),
    )

    def people(self, targets: Sequence[int]) -> "QuerySet[User]":
        return super().people(targets).select_related("student_profile")

    def profile_values(self, user: User) -> dict[str, Any]:
        profile = user.student_profile
        return {
            "gender": profile.gender,
            "gpa": "" if profile.gpa is None else str(profile.gpa),
            "status": profile.status,
            "intake_year": profile.intake_year,
            "level": profile.level,
        }

    def person(self, draft: Draft) -> NewPerson:
        person = super().person(draft)
        person.student = StudentProfile(
            **{field: _column(field, draft.values.get(field)) for field in PROFILE}
        )
        return person

    def write_profiles(self, changes: dict[int, dict[str, Any]]) -> None:
        for user_id, values in changes.items():
            fields = {name: _column(name, values[name]) for name in PROFILE if name in values}
            if fields:
                StudentProfile.objects.filter(pk=user_id).update(**fields)


def _column(field: str, value: Any) -> Any:
    if field == "gpa":
        return Decimal(value) if value else None
    return value
