"""Where somebody has a place, kept in the cache: what pages that many people open ask about them.

Kept with the word of the structure's version: whoever changes a membership or activates a term
bumps it, so what is kept is right or not used. With the cache away a change can't be told: what
was kept before then lasts LASTING seconds at most, and nothing new is kept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import CharField, IntegerField, Value

from academics.choices import STRUCTURE
from academics.models import ClassMember, GroupMember, TeachingRole
from accounts.choices import Role
from accounts.models import User
from isme.lib import leases, versions
from isme.lib.prepared import Prepared

LASTING = 300
BELONGING = {Role.STUDENT.value, Role.LECTURER.value}
Hot = Mapping[str, bytes | None]


class Row(NamedTuple):
    """A place in a class, or a role in an offering and one of its classes (None: it has none)."""

    code: str  # of the course
    offering: int
    course_class: int | None
    kind: str  # of teaching role; "" for a student
    is_now: bool  # of the active term


class Held(NamedTuple):
    """A place in a group."""

    group: int
    is_now: bool


@dataclass(frozen=True)
class Places:
    """The places of one person, in any term; hashable, the same for people with the same."""

    rows: tuple[Row, ...] = ()
    held: tuple[Held, ...] = ()

    @classmethod
    def at(cls, offerings: Sequence[int], classes: Sequence[int]) -> "Places":
        """Places of which no more is known than where they are."""
        rows = [Row("", one, None, "", is_now=False) for one in offerings]
        return cls((*rows, *(Row("", offerings[0], one, "", is_now=False) for one in classes)))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Of the courses that somebody takes or teaches."""
        return tuple(sorted({row.code for row in self.rows}))

    @cached_property
    def offerings(self) -> tuple[int, ...]:
        return tuple(sorted({row.offering for row in self.rows}))

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Those that somebody sits in, or whose offering they teach."""
        found = {row.course_class for row in self.rows}
        return tuple(sorted(one for one in found if one is not None))

    @cached_property
    def groups(self) -> tuple[int, ...]:
        return tuple(sorted({place.group for place in self.held}))

    @cached_property
    def now(self) -> "Places":
        """Those of the active term."""
        return Places(
            tuple(row for row in self.rows if row.is_now),
            tuple(place for place in self.held if place.is_now),
        )

    def in_course(self, code: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.code == code)


def keys(user_id: int, _language: str = "") -> list[str]:
    """What ``places_of`` and ``attach`` read of the cache; for ``hot_keys``."""
    return [versions.key(STRUCTURE), f"pl:{user_id}"]


def attach(user: User, hot: Hot) -> None:
    """Tell ``of`` and ``known`` what the request read (``keys``) of ``user``. No query."""
    user.__dict__["places_hot"] = hot


def of(user: User) -> Places:
    """The places of ``user``: what is attached, or one query. None for staff, without asking."""
    if user.role not in BELONGING:
        return Places()
    found = known(user)
    if found is None:
        hot: Hot | None = user.__dict__.get("places_hot")
        if hot is None:
            return read(user.pk)
        found = user.__dict__["places"] = places_of(user.pk, hot)
    return found


def known(user: User) -> Places | None:
    """The places of ``user`` where they cost no query; else None."""
    if user.role not in BELONGING:
        return Places()
    if "places" not in user.__dict__ and "places_hot" in user.__dict__:
        user.__dict__["places"] = _kept(user.pk, user.__dict__["places_hot"])
    found: Places | None = user.__dict__.get("places")
    return found


def somebody(role: str, places: Places | None) -> User:
    """Whoever has this role and these places (None: not known), and is nobody.

    For what such people see alike.
    """
    anyone = User(role=role)
    if places is not None:
        anyone.__dict__["places"] = places
    return anyone


def places_of(user_id: int, hot: Hot) -> Places:
    """The places of a person, from what the request read (``keys``) or by one query."""
    found = _kept(user_id, hot)
    if found is None:
        [word] = versions.words([STRUCTURE], hot)
        found = read(user_id)
        if word:
            _keep(user_id, word, found)
    return found


def _kept(user_id: int, hot: Hot) -> Places | None:
    raw, word = hot.get(f"pl:{user_id}"), hot.get(versions.key(STRUCTURE))
    if not raw or not word:
        return None
    kept = json.loads(raw)
    if kept["version"] != word.decode():
        return None
    return Places(tuple(map(Row._make, kept["rows"])), tuple(map(Held._make, kept["held"])))


def read(user_id: int) -> Places:
    """The same from the database: one query."""
    everything = sorted(
        _rows(person=user_id), key=lambda row: (row[0], row[1], row[2] or 0, row[3])
    )
    return Places(
        rows=tuple(Row._make(row)._replace(is_now=bool(row[4])) for row in everything if row[0]),
        held=tuple(Held(of, bool(now)) for code, of, *_, now in everything if not code),
    )


@Prepared
def _rows(*, person: int) -> Any:
    no_text, nothing = Value("", CharField()), Value(None, IntegerField())
    in_course = ("offering__course__code", "offering_id")
    is_now = "offering__term__is_active"
    taken = ClassMember.objects.filter(student_id=person).order_by()
    taught = TeachingRole.objects.filter(lecturer_id=person).order_by()
    held = GroupMember.objects.filter(student_id=person).order_by()
    return taken.values_list(*in_course, "course_class_id", no_text, is_now).union(
        taught.values_list(*in_course, "offering__classes", "kind", is_now),
        held.values_list(no_text, "group_id", nothing, no_text, "term__is_active"),
    )


def _keep(user_id: int, word: str, places: Places) -> None:
    kept = json.dumps({"version": word, "rows": places.rows, "held": places.held})
    leases.keep(lambda client: client.set(f"pl:{user_id}", kept, ex=LASTING))
