"""The columns of a list of courses (domain, sections 4.1 and 21)."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from academics.choices import CourseKind, TermKind
from academics.imports.cells import Bad, Choice, Names, Text, Value, Whole, day, typed
from academics.imports.coordinators import COLUMN as COORDINATOR
from academics.imports.kind import Column

REGULAR = "not a block"  # until the other column says which
CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{1,19}")
SHORT_WORDS = {"antara", "pendek", "short", "sp"}
UNREAD: dict[str, str] = {}


def code(raw: Any) -> Value:
    text = unicodedata.normalize("NFKC", typed(raw)).upper()
    if not CODE.fullmatch(text):
        raise Bad("code")
    return text


def level(raw: Any) -> Value:
    """1 to 7, or "" for a course of a short term."""
    return "" if typed(raw).casefold() in SHORT_WORDS else Whole(1, 7)(raw)


COLUMNS = (
    Column(
        "code",
        _("Course code"),
        code,
        aliases=("kode", "kode mata kuliah", "kode mk"),
        required=True,
        hint=_("As in MKB24101. Rows with a known code change that course."),
        example="MKB24101",
    ),
    Column(
        "name",
        _("Name"),
        Text(150),
        aliases=("nama", "nama mata kuliah", "mata kuliah"),
        required=True,
        example="Blok Dasar Kedokteran",
    ),
    Column(
        "level",
        _("Study level"),
        level,
        aliases=("semester", "tingkat", "smt"),
        required=True,
        hint=_("1 to 7, or Antara for courses of a short term."),
        example="1",
    ),
    Column(
        "period",
        _("Period"),
        Choice(
            {
                TermKind.ODD.value: "ganjil|gasal|odd",
                TermKind.EVEN.value: "genap|even",
                TermKind.SHORT.value: "antara|pendek|short",
            }
        ),
        aliases=("periode",),
        hint=_("Ganjil, Genap or Antara. Left empty, the level tells."),
        example="Ganjil",
    ),
    Column(
        "kind",
        _("Kind"),
        Choice(
            {
                CourseKind.BLOCK.value: "blok|block",
                REGULAR: "non blok|nonblok|non block",
                CourseKind.CSR.value: "csr",
                CourseKind.REGULAR.value: "reguler|regular|biasa",
            }
        ),
        aliases=("jenis", "jenis mata kuliah"),
        required=True,
        hint=_("Blok or Non Blok."),
        example="Blok",
    ),
    Column(
        "non_block_type",
        _("Type of a course that is no block"),
        Choice(
            {CourseKind.CSR.value: "csr", CourseKind.REGULAR.value: "non csr|noncsr|reguler|biasa"}
        ),
        aliases=("tipe_non_block", "tipe non blok", "tipe"),
        hint=_("CSR or Non-CSR; empty for blocks."),
    ),
    Column(
        "curriculum_year",
        _("Curriculum year"),
        Whole(1990, 2100),
        aliases=("kurikulum", "tahun kurikulum"),
        required=True,
        example="2024",
    ),
    Column(
        "starts_on",
        _("First day"),
        day,
        aliases=("tanggal_mulai", "mulai"),
        hint=_("With both dates the course is offered in the term; without, it is only listed."),
        example="31-08-2026",
    ),
    Column(
        "ends_on",
        _("Last day"),
        day,
        aliases=("tanggal_akhir", "tanggal selesai", "akhir", "selesai"),
        example="26-09-2026",
    ),
    Column(
        "block_no",
        _("Block number"),
        Whole(1, 9),
        aliases=("blok", "nomor blok", "no blok"),
        hint=_("Its place among the blocks of the level; empty for others."),
        example="1",
    ),
    COORDINATOR,
    Column("weeks", _("Weeks"), Whole(1, 60), aliases=("durasi_minggu", "minggu"), example="4"),
    Column("credits", _("Credits"), Whole(1, 40), aliases=("sks", "credit"), example="4"),
    Column(
        "curriculum_roles",
        _("Roles in the curriculum"),
        Names(),
        aliases=("peran_dalam_kurikulum", "peran kurikulum"),
        hint=_("Separated by commas."),
        example="Tutor PBL, Instruktur CSR",
    ),
    Column(
        "expertises",
        _("Expertise it asks for"),
        Names(),
        aliases=("keahlian_required", "keahlian", "expertise", "keahlian yang dibutuhkan"),
        hint=_("Separated by commas; empty only for courses of a short term."),
        example="Anatomi, Fisiologi",
    ),
)
