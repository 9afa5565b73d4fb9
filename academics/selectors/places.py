"""Where somebody has a place, kept in the cache: what pages that many people open ask about them.

Kept with the word of the structure's version: whoever changes a membership bumps it, so what is
kept is right or not used. With the cache away a change can't be told: what was kept before then
lasts LASTING seconds at most, and nothing new is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import CharField, IntegerField, Value

from academics.choices import STRUCTURE
from academics.models import ClassMember, GroupMember, TeachingRole
from isme.lib import versions
from isme.lib.redis import RedisAway, evictable

LASTING = 300
Row = tuple[str, int, int | None, str]  # course's code, offering, class, kind of teaching role
Hot = Mapping[str, bytes | None]


@dataclass(frozen=True)
class Places:
    """The places of one person, in any term; hashable, the same for people with the same."""

    rows: tuple[Row, ...]
    groups: tuple[int, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Of the courses that somebody takes or teaches."""
        return tuple(sorted({row[0] for row in self.rows}))

    @cached_property
    def offerings(self) -> tuple[int, ...]:
        return tuple(sorted({row[1] for row in self.rows}))

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Those that somebody sits in, or whose offering they teach."""
        return tuple(sorted({row[2] for row in self.rows if row[2] is not None}))

    def in_course(self, code: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row[0] == code)


def keys(user_id: int, _language: str = "") -> list[str]:
    """What ``places_of`` reads of the cache; for ``hot_keys``."""
    return [versions.key(STRUCTURE), f"pl:{user_id}"]


def places_of(user_id: int, hot: Hot) -> Places:
    """The places of a person, from what the request read (``keys``) or by one query."""
    [word] = versions.words([STRUCTURE], hot)
    raw = hot.get(f"pl:{user_id}")
    if raw and word:
        kept = json.loads(raw)
        if kept["version"] == word:
            return Places(tuple(tuple(row) for row in kept["rows"]), tuple(kept["groups"]))
    found = read(user_id)
    if word:
        _keep(user_id, word, found)
    return found


def read(user_id: int) -> Places:
    """The same from the database: one query."""
    no_text, nothing = Value("", CharField()), Value(None, IntegerField())
    taken = ClassMember.objects.filter(student_id=user_id).order_by()
    taught = TeachingRole.objects.filter(lecturer_id=user_id).order_by()
    held = GroupMember.objects.filter(student_id=user_id).order_by()
    rows: Any = taken.values_list(
        "offering__course__code", "offering_id", "course_class_id", no_text
    ).union(
        taught.values_list("offering__course__code", "offering_id", "offering__classes", "kind"),
        held.values_list(no_text, "group_id", nothing, no_text),
    )
    everything = sorted(rows, key=lambda row: (row[0], row[1], row[2] or 0, row[3]))
    return Places(
        rows=tuple(row for row in everything if row[0]),
        groups=tuple(row[1] for row in everything if not row[0]),
    )


def _keep(user_id: int, word: str, places: Places) -> None:
    kept = json.dumps({"version": word, "rows": places.rows, "groups": places.groups})
    try:
        evictable.ask(lambda client: client.set(f"pl:{user_id}", kept, ex=LASTING))
    except RedisAway:
        return
