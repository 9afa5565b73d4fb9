"""The office's own people: a super admin's business (domain, section 22)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from academics.imports.cells import Digits, Text
from academics.imports.kind import Column, Draft
from academics.imports.kinds.people import EMAIL, NAME, USERNAME, People
from accounts.choices import Role
from accounts.models import User
from accounts.services.batches import NewPerson


class Staff(People):
    name = "staff"
    title = _("Staff")
    what = _("staff members")
    role = Role.OFFICE.value
    key = ("nip",)
    columns = (
        Column(
            "nip",
            "NIP",
            Digits(4, 20),
            aliases=("nomor induk pegawai",),
            required=True,
            hint=_("Digits only, 4 to 20. Set the column to Text: Excel rounds long numbers."),
            example="198507232010122002",
        ),
        NAME,
        USERNAME,
        EMAIL,
        Column(
            "note",
            _("Job title"),
            Text(200),
            aliases=("keterangan", "ket", "jabatan", "catatan"),
            clearable=True,
            hint=_("A dash removes it."),
            example="Staf akademik",
        ),
    )

    def person(self, draft: Draft) -> NewPerson:
        person = super().person(draft)
        person.note = str(draft.values.get("note") or "")
        return person

    def profile_values(self, user: User) -> dict[str, Any]:
        return {"note": user.note}
