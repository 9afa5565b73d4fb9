"""Many accounts at once, for imports: created, renamed, or taken back before anybody used them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.canonical import canonical
from accounts.choices import IdentifierKind
from accounts.errors import IdentifierTaken
from accounts.models import Identifier, LecturerProfile, StudentProfile, User
from accounts.services import search_words
from accounts.services.accounts import PEOPLE, identifier_rows
from isme.lib import hooks, versions
from isme.lib.transactions import retry_atomic

ROWS = 500


@dataclass
class NewPerson:
    """An account to be: ``identifiers`` are kind -> value; at most one profile."""

    name: str
    role: str
    username: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    student: StudentProfile | None = None
    lecturer: LecturerProfile | None = None


@retry_atomic
def create_people(people: Sequence[NewPerson]) -> list[int]:
    """Create accounts without a usable password; return their keys in the given order.

    Nobody can sign in before a one-time password is issued: no default is ever guessable, and
    1,000 hashes (19 s) are not computed for people who may never come. Raises IdentifierTaken.
    About 10 queries for 500 people.
    """
    users = [
        User(
            username=canonical(person.username),
            name=person.name,
            role=person.role,
            note=person.note,
            password=make_password(None),
        )
        for person in people
    ]
    try:
        with transaction.atomic():
            User.objects.bulk_create(users, batch_size=ROWS)
            keys = _keys([user.username for user in users])
            for user in users:
                user.pk = keys[user.username]
            _create_names_and_profiles(people, users)
            search_words.index_people([user.pk for user in users])
    except IntegrityError as error:
        raise IdentifierTaken(_("One of these belongs to another account already.")) from error
    students = [
        user.pk for person, user in zip(people, users, strict=True) if person.student is not None
    ]
    if students:
        hooks.new_students(students)
    versions.bump(PEOPLE)
    return [user.pk for user in users]


def _keys(usernames: Sequence[str]) -> dict[str, int]:
    """MariaDB returns no keys of a bulk insert that Django could use: read them back."""
    keys: dict[str, int] = {}
    for start in range(0, len(usernames), ROWS):
        some = usernames[start : start + ROWS]
        keys |= dict(User.objects.filter(username__in=some).values_list("username", "pk"))
    return keys


def _create_names_and_profiles(people: Sequence[NewPerson], users: Sequence[User]) -> None:
    names: list[Identifier] = []
    for person, user in zip(people, users, strict=True):
        values = {**person.identifiers, IdentifierKind.USERNAME.value: user.username}
        names += identifier_rows(user, values)
        for profile in (person.student, person.lecturer):
            if profile is not None:
                profile.user = user
    Identifier.objects.bulk_create(names, batch_size=ROWS)
    students = [person.student for person in people if person.student is not None]
    StudentProfile.objects.bulk_create(students, batch_size=ROWS)
    lecturers = [person.lecturer for person in people if person.lecturer is not None]
    LecturerProfile.objects.bulk_create(lecturers, batch_size=ROWS)


@retry_atomic
def set_identifiers(changes: Mapping[int, Mapping[str, str]]) -> None:
    """Give people other identifiers (user -> kind -> value, "" for none). Raises IdentifierTaken.

    Not for usernames. Seven queries, one more for each that is changed in place.
    """
    rows = {
        (row.user_id, row.kind): row
        for row in Identifier.objects.select_for_update()
        .filter(user_id__in=list(changes))
        .order_by("pk")
    }
    fresh: list[Identifier] = []
    try:
        with transaction.atomic():
            for user_id, kinds in changes.items():
                for kind, value in kinds.items():
                    _set_identifier(rows.get((user_id, kind)), user_id, kind, value, fresh)
            Identifier.objects.bulk_create(fresh, batch_size=ROWS)
            search_words.index_people(list(changes))
    except IntegrityError as error:
        raise IdentifierTaken(_("One of these belongs to another account already.")) from error
    versions.bump(PEOPLE)


def _set_identifier(
    row: Identifier | None, user_id: int, kind: str, value: str, fresh: list[Identifier]
) -> None:
    if row is None:
        if value:
            fresh.append(Identifier(user_id=user_id, kind=kind, value=canonical(value)))
    elif value:
        row.value = canonical(value)
        row.save(update_fields=["value"])
    else:
        row.delete()


@retry_atomic
def remove_unused(user_ids: Iterable[int]) -> None:
    """Delete accounts that nobody ever used, with their identifiers and profiles.

    The caller has made sure that nothing hangs on them; what does is protected and raises
    ProtectedError. An account that was used is deactivated instead, never deleted.
    """
    wanted = sorted(user_ids)
    for start in range(0, len(wanted), ROWS):
        User.objects.filter(pk__in=wanted[start : start + ROWS]).delete()
    versions.bump(PEOPLE)
