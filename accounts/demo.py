"""The people of the demo faculty. The same seed gives the same people."""

import random
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.choices import Gender, MainRole, Role, StudentStatus
from accounts.models import Identifier, LecturerProfile, StudentProfile, User
from accounts.services import search_words
from accounts.services.accounts import PEOPLE, identifier_rows
from isme.lib import versions
from isme.lib.hooks import DemoPlan

WOMEN = [
    "Nadia",
    "Rahma",
    "Sri",
    "Dewi",
    "Putri",
    "Aisyah",
    "Tiara",
    "Ratna",
    "Lestari",
    "Maya",
    "Intan",
    "Wulan",
    "Siti",
    "Fitri",
    "Laras",
    "Anggun",
    "Citra",
    "Dian",
    "Farah",
    "Hana",
    "Indah",
    "Kartika",
    "Lina",
    "Mega",
    "Novi",
    "Rina",
    "Salsa",
    "Tika",
    "Vina",
    "Yuni",
    "Zahra",
]
MEN = [
    "Bagas",
    "Adi",
    "Rizky",
    "Dimas",
    "Fajar",
    "Galih",
    "Hendra",
    "Ilham",
    "Joko",
    "Krisna",
    "Lukman",
    "Made",
    "Naufal",
    "Okta",
    "Panji",
    "Raka",
    "Satria",
    "Teguh",
    "Umar",
    "Wahyu",
    "Yoga",
    "Zaki",
    "Arif",
    "Budi",
    "Cahyo",
    "Doni",
    "Eko",
    "Farhan",
    "Gilang",
    "Iqbal",
]
LAST = [
    "Pratama",
    "Wijaya",
    "Saputra",
    "Nugroho",
    "Santoso",
    "Hidayat",
    "Kurniawan",
    "Setiawan",
    "Permana",
    "Siregar",
    "Nasution",
    "Lubis",
    "Harahap",
    "Hutapea",
    "Simanjuntak",
    "Wibowo",
    "Suryadi",
    "Mahendra",
    "Ramadhan",
    "Firmansyah",
    "Yulianti",
    "Handayani",
    "Anggraini",
    "Puspita",
    "Maharani",
    "Safitri",
    "Utami",
    "Rahayu",
    "Wulandari",
    "Kusuma",
    "Prasetyo",
    "Gunawan",
]
TITLES = ("Sp.PD", "Sp.A", "Sp.OG", "Sp.JP", "Sp.B", "M.Biomed", "Sp.S", "M.Kes", "Sp.KK", "Ph.D")
MAIN_ROLES = (
    [MainRole.TEACHER] * 5 + [MainRole.TEAM] * 3 + [MainRole.COORDINATOR] * 2 + [MainRole.STANDBY]
)
DEMO_YEAR = 2026
BATCH = 500


def seed_people(plan: DemoPlan) -> None:
    """Create the accounts that are missing; those that exist stay as they are."""
    chance = random.Random(plan.seed)  # noqa: S311 (a seed is wanted)
    wanted = [*_office(), *_lecturers(plan.lecturers, chance), *_students(plan.students, chance)]
    known = set(User.objects.values_list("username", flat=True))
    missing = [person for person in wanted if person.user.username not in known]
    # One hash for all: a thousand separate ones would take half a minute.
    encoded = make_password(settings.ISME_DEMO_PASSWORD)
    for start in range(0, len(missing), BATCH):
        _create(missing[start : start + BATCH], encoded)
    if missing:
        versions.bump(PEOPLE)


class _Person:
    def __init__(self, user: User, numbers: dict[str, str]) -> None:
        self.user = user
        self.numbers = {**numbers, "username": user.username}
        self.student: StudentProfile | None = None
        self.lecturer: LecturerProfile | None = None


@transaction.atomic
def _create(people: list[_Person], encoded: str) -> None:
    for person in people:
        person.user.password = encoded
        person.user.is_demo = True
    User.objects.bulk_create(person.user for person in people)
    # MariaDB returns no keys from a bulk insert that Django could use: read them back.
    names = [person.user.username for person in people]
    keys = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    for person in people:
        person.user.pk = keys[person.user.username]
        for profile in (person.student, person.lecturer):
            if profile is not None:
                profile.user = person.user
    rows = [row for p in people for row in identifier_rows(p.user, p.numbers)]
    Identifier.objects.bulk_create(rows)
    StudentProfile.objects.bulk_create(p.student for p in people if p.student)
    LecturerProfile.objects.bulk_create(p.lecturer for p in people if p.lecturer)
    search_words.index_people(list(keys.values()))


def _office() -> Iterable[_Person]:
    admin = User(username="admin", name="Sri Wahyuni", role=Role.SUPER_ADMIN)
    office = User(username="akademik", name="Ratna Puspita", role=Role.OFFICE)
    yield _Person(admin, {"email": "admin@isme.example", "nip": "198003122005012001"})
    yield _Person(office, {"email": "akademik@isme.example", "nip": "198507232010122002"})


def _name(chance: random.Random, gender: Gender) -> str:
    first = chance.choice(WOMEN if gender == Gender.FEMALE else MEN)
    return f"{first} {chance.choice(LAST)}"


def _lecturers(number: int, chance: random.Random) -> Iterable[_Person]:
    for index in range(1, number + 1):
        plain = _name(chance, chance.choice(list(Gender)))
        user = User(
            username=f"dosen{index:03}",
            name=f"dr. {plain}, {chance.choice(TITLES)}",
            role=Role.LECTURER,
        )
        person = _Person(
            user,
            {
                "email": f"dosen{index:03}@isme.example",
                "nid": f"11{index:06}",
                "nidn": f"03{index:08}",
            },
        )
        person.lecturer = LecturerProfile(main_role=chance.choice(MAIN_ROLES))
        yield person


def _students(number: int, chance: random.Random) -> Iterable[_Person]:
    for index in range(1, number + 1):
        gender = Gender.FEMALE if chance.random() < 0.62 else Gender.MALE  # noqa: PLR2004
        level = (index - 1) % 4 * 2 + 1
        year = DEMO_YEAR - (level - 1) // 2
        user = User(username=f"mhs{index:04}", name=_name(chance, gender), role=Role.STUDENT)
        person = _Person(
            user,
            {"email": f"mhs{index:04}@isme.example", "nim": f"{year}1010{index:05}"},
        )
        person.student = StudentProfile(
            intake_year=year,
            level=level,
            status=StudentStatus.INACTIVE if chance.random() < 0.02 else StudentStatus.ACTIVE,  # noqa: PLR2004
            gpa=round(min(4, max(2, chance.gauss(3.3, 0.3))), 2),
            gender=gender,
        )
        yield person
