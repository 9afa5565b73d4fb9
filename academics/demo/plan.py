"""What the demo faculty teaches, where, and in which years."""

import datetime as dt
from dataclasses import dataclass

from academics.choices import CourseKind, TermKind

YEARS = (2025, 2026)
ACTIVE = (2026, TermKind.ODD)
CURRICULUM_YEAR = 2024
GROUP_SIZE = 12
CLASS_SIZE = 60

BLOCKS = {
    1: (
        "Humaniora dan Profesionalisme Medis",
        "Biologi Sel dan Genetika",
        "Biokimia dan Metabolisme",
        "Homeostasis dan Regulasi Tubuh",
    ),
    2: (
        "Sistem Muskuloskeletal",
        "Sistem Hematologi dan Imunologi",
        "Infeksi dan Penyakit Tropis",
        "Farmakologi dan Terapi Dasar",
    ),
    3: (
        "Sistem Kardiovaskular",
        "Sistem Respirasi",
        "Sistem Gastrointestinal",
        "Sistem Urogenital",
    ),
    4: (
        "Sistem Endokrin dan Metabolik",
        "Sistem Saraf",
        "Kesehatan Jiwa dan Perilaku",
        "Indra Khusus: Mata dan THT",
    ),
    5: (
        "Sistem Reproduksi",
        "Tumbuh Kembang Anak",
        "Kulit dan Kelamin",
        "Onkologi dan Perawatan Paliatif",
    ),
    6: (
        "Kedokteran Keluarga",
        "Kedokteran Komunitas dan Pencegahan",
        "Kegawatdaruratan Medik",
        "Geriatri",
    ),
    7: (
        "Kedokteran Forensik dan Medikolegal",
        "Kesehatan Kerja dan Lingkungan",
        "Manajemen Bencana",
        "Elektif dan Riset Klinik",
    ),
}
SKILLS = {
    1: ("Komunikasi Dokter–Pasien", "Pemeriksaan Tanda Vital"),
    2: ("Pemeriksaan Muskuloskeletal", "Pungsi Vena dan Injeksi"),
    3: ("Pemeriksaan Jantung dan Paru", "Pemeriksaan Abdomen"),
    4: ("Pemeriksaan Saraf", "Pemeriksaan Mata dan THT"),
    5: ("Pemeriksaan Obstetri dan Ginekologi", "Pemeriksaan Bayi dan Anak"),
    6: ("Resusitasi Jantung Paru", "Bedah Minor"),
    7: ("Visum et Repertum", "Konseling dan Edukasi Pasien"),
}
GENERAL = {
    1: ("Pendidikan Agama", "Bahasa Inggris Kedokteran"),
    2: ("Pancasila dan Kewarganegaraan", "Bahasa Indonesia Ilmiah"),
    3: ("Metodologi Penelitian", "Biostatistika"),
    4: ("Epidemiologi Klinik", "Etika dan Hukum Kesehatan"),
    5: ("Kedokteran Berbasis Bukti", "Penulisan Proposal"),
    6: ("Manajemen Rumah Sakit", "Kewirausahaan Kesehatan"),
    7: ("Skripsi", "Kuliah Kerja Nyata Kesehatan"),
}
SHORT_COURSES = (
    "Remediasi Ilmu Biomedik",
    "Remediasi Keterampilan Klinik",
    "Kapita Selekta Kedokteran",
)
EXPERTISES = (
    "Anatomi",
    "Fisiologi",
    "Biokimia",
    "Histologi",
    "Farmakologi",
    "Mikrobiologi",
    "Parasitologi",
    "Patologi Anatomi",
    "Patologi Klinik",
    "Kardiologi",
    "Pulmonologi",
    "Ilmu Penyakit Dalam",
    "Ilmu Kesehatan Anak",
    "Obstetri dan Ginekologi",
    "Ilmu Bedah",
    "Neurologi",
    "Psikiatri",
    "Dermatologi",
    "Oftalmologi",
    "THT-KL",
    "Radiologi",
    "Anestesiologi",
    "Kedokteran Forensik",
    "Kedokteran Komunitas",
    "Pendidikan Kedokteran",
)
CURRICULUM_ROLES = ("Koordinator blok", "Tim blok", "Tutor PBL", "Instruktur CSR", "Narasumber")
MODULE_TITLES = (
    "Nyeri yang Datang Malam Hari",
    "Demam Tiga Hari",
    "Pasien yang Lemas",
    "Sesak Setelah Olahraga",
    "Hasil Laboratorium yang Ganjil",
)
BUILDINGS = ("Gedung A", "Gedung B", "Gedung C")
ROOM_NAMES = (
    ("Auditorium dr. Soetomo", 320),
    ("Ruang Kuliah Utama", 260),
    *((f"Ruang Kuliah {number}", 160 - 20 * (number % 4)) for number in range(1, 9)),
    *((f"Ruang Tutorial {number}", 16) for number in range(1, 13)),
    ("Laboratorium Anatomi", 60),
    ("Laboratorium Biokimia", 48),
    ("Laboratorium Mikrobiologi", 48),
    ("Laboratorium Keterampilan 1", 24),
    ("Laboratorium Keterampilan 2", 24),
    ("Laboratorium Komputer", 80),
    ("Ruang Ujian OSCE", 40),
    ("Ruang Sidang", 20),
)


@dataclass(frozen=True)
class DemoCourse:
    code: str
    name: str
    kind: CourseKind
    level: int | None
    block_no: int | None
    credits: int
    expertises: int


def courses() -> list[DemoCourse]:
    """The 59 courses of the plan: 4 blocks, 2 skills and 2 others a level, and 3 short ones."""
    found = []
    short = CURRICULUM_YEAR % 100
    for level, names in BLOCKS.items():
        for number, name in enumerate(names, 1):
            code = f"MKB{short}{level}{number:02}"
            found.append(DemoCourse(code, name, CourseKind.BLOCK, level, number, 4, 3))
        for number, name in enumerate(SKILLS[level], 1):
            title = f"CSR {level}.{number} {name}"
            code = f"CSR{short}{level}{number:02}"
            found.append(DemoCourse(code, title, CourseKind.CSR, level, None, 2, 2))
        for number, name in enumerate(GENERAL[level], 1):
            code = f"MKU{short}{level}{number:02}"
            found.append(DemoCourse(code, name, CourseKind.REGULAR, level, None, 2, 2))
    for number, name in enumerate(SHORT_COURSES, 1):
        code = f"MKA{short}0{number:02}"
        found.append(DemoCourse(code, name, CourseKind.REGULAR, None, None, 2, 0))
    return found


def term_dates(year: int, kind: str) -> tuple[dt.date, dt.date]:
    if kind == TermKind.ODD:
        return dt.date(year, 8, 24), dt.date(year + 1, 1, 29)
    return dt.date(year + 1, 2, 15), dt.date(year + 1, 7, 23)


def course_dates(course: DemoCourse, start: dt.date, end: dt.date) -> tuple[dt.date, dt.date, int]:
    """First day, last day and weeks: blocks follow each other, others last the whole term."""
    if course.block_no is None:
        return start, end, 16
    first = start + dt.timedelta(weeks=5 * (course.block_no - 1))
    return first, first + dt.timedelta(days=32), 5
