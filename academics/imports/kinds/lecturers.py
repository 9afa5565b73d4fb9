"""Lecturers, with what they know."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academics.choices import ExpertiseKind
from academics.imports.cells import Choice, Digits, Names
from academics.imports.expertise import expertise_keys, note_new
from academics.imports.kind import Column, Context, Draft, fold
from academics.imports.kinds.people import EMAIL, NAME, USERNAME, People
from academics.models import LecturerExpertise
from accounts.choices import MainRole, Role
from accounts.models import LecturerProfile, User
from accounts.services.batches import NewPerson

STANDBY = "standby"
LISTS = {"competences": ExpertiseKind.COMPETENCE.value, "expertise": ExpertiseKind.EXPERTISE.value}


class Lecturers(People):
    name = "lecturer"
    title = _("Lecturers")
    what = _("lecturers")
    role = Role.LECTURER.value
    key = ("nid",)
    columns = (
        Column(
            "nid",
            "NID",
            Digits(4, 20),
            aliases=("nomor induk dosen",),
            required=True,
            hint=_("Digits only, 4 to 20. Rows with a known NID change that lecturer."),
            example="11000123",
        ),
        Column(
            "nidn",
            "NIDN",
            Digits(4, 20),
            clearable=True,
            hint=_("Digits only; a dash means none."),
            example="0312098501",
        ),
        Column(
            "nuptk",
            "NUPTK",
            Digits(4, 20),
            clearable=True,
            hint=_("Digits only; a dash means none. Set the column to Text."),
            example="-",
        ),
        NAME,
        USERNAME,
        EMAIL,
        Column(
            "main_role",
            _("Main role"),
            Choice(
                {
                    MainRole.COORDINATOR.value: "koordinator|coordinator",
                    MainRole.TEAM.value: "tim blok|tim|block team|team",
                    MainRole.TEACHER.value: "dosen mengajar|mengajar|pengajar|teacher",
                    MainRole.STANDBY.value: "standby|stand by",
                }
            ),
            aliases=("peran utama", "peran"),
            hint=_("koordinator, tim blok, dosen mengajar or standby."),
            example="dosen mengajar",
        ),
        Column(
            "competences",
            _("Competences"),
            Names(),
            aliases=("kompetensi", "competence"),
            clearable=True,
            hint=_("Separated by commas. Empty for lecturers on standby."),
            example="PBL, CSR",
        ),
        Column(
            "expertise",
            _("Expertise"),
            Names(),
            aliases=("keahlian", "bidang keahlian"),
            required=True,
            hint=_("Separated by commas; “standby” alone for lecturers on standby."),
            example="Kardiologi, Penyakit Dalam",
        ),
    )

    def check(self, draft: Draft, context: Context) -> None:
        """The standby rule (domain, section 2.2), for the row as it would be afterwards."""
        after = {
            **(draft.before or {}),
            **{k: v for k, v in draft.values.items() if v is not None},
        }
        expertise = _folded(after.get("expertise"))
        if not expertise:
            return
        role = after.get("main_role") or _derived_role(draft, context, expertise)
        competences = _folded(after.get("competences"))
        if role == MainRole.STANDBY:
            if expertise != {STANDBY}:
                draft.bad("expertise", "standby_alone")
            if competences:
                draft.bad("competences", "standby_alone")
        elif STANDBY in expertise:
            draft.bad("expertise", "standby_alone")
        elif not competences:
            draft.bad("competences", "needs_competence")
        note_new(draft, LISTS, context)

    # --- Profile and lists ---

    def people(self, targets: Sequence[int]) -> "QuerySet[User]":
        rows = super().people(targets).select_related("lecturer_profile")
        return rows.prefetch_related("lecturer_profile__expertise_rows__expertise")

    def profile_values(self, user: User) -> dict[str, Any]:
        profile = user.lecturer_profile
        rows = profile.expertise_rows.all()
        lists = {
            column: sorted(row.expertise.name for row in rows if row.kind == kind)
            for column, kind in LISTS.items()
        }
        return {"main_role": profile.main_role, **lists}

    def person(self, draft: Draft) -> NewPerson:
        person = super().person(draft)
        person.lecturer = LecturerProfile(main_role=str(draft.values["main_role"]))
        return person

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        keys = super().create(drafts, context)
        self._write_lists(
            {key: draft.values for key, draft in zip(keys, drafts, strict=True)}, fresh=True
        )
        return keys

    def write_profiles(self, changes: dict[int, dict[str, Any]]) -> None:
        for user_id, values in changes.items():
            if values.get("main_role"):
                LecturerProfile.objects.filter(pk=user_id).update(main_role=values["main_role"])
        self._write_lists(changes)

    def _write_lists(self, changes: dict[int, dict[str, Any]], *, fresh: bool = False) -> None:
        names = [
            name for values in changes.values() for c in LISTS for name in values.get(c) or []
        ]
        keys = expertise_keys(names)
        rows = []
        for user_id, values in changes.items():
            for column, kind in LISTS.items():
                if values.get(column) is None:
                    continue
                if not fresh:
                    LecturerExpertise.objects.filter(lecturer_id=user_id, kind=kind).delete()
                chosen = {keys[fold(name)] for name in values[column] or []}
                rows += [
                    LecturerExpertise(lecturer_id=user_id, expertise_id=key, kind=kind)
                    for key in sorted(chosen)
                ]
        LecturerExpertise.objects.bulk_create(rows, batch_size=500)


def _folded(names: Any) -> set[str]:
    return {fold(name) for name in names} if isinstance(names, list) else set()


def _derived_role(draft: Draft, context: Context, expertise: set[str]) -> str:
    """Without the column the list of expertise tells; the preview says how often it did."""
    role = MainRole.STANDBY if expertise == {STANDBY} else MainRole.TEACHER
    context.notice("role_standby" if role == MainRole.STANDBY else "role_teacher")
    draft.values["main_role"] = role.value
    return role.value
