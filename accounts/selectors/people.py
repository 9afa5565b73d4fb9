from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Count, IntegerField, Q, QuerySet, Value

from accounts.choices import IdentifierKind, Role
from accounts.models import (
    Identifier,
    LecturerProfile,
    SignInEvent,
    StudentProfile,
    User,
)
from isme.lib import limits
from isme.lib.prepared import Prepared


def sign_in_history(user: User) -> "QuerySet[SignInEvent]":
    """Everything that happened at the door of ``user``."""
    return SignInEvent.objects.filter(user_id=user.pk)


def throttled_accounts() -> list[tuple[User, datetime]]:
    """Accounts that were refused and must still wait, and until when: 2 queries, 1 exchange."""
    until = {int(key[1:]): moment for key, moment in limits.held().items() if key[0] == "u"}
    people = User.objects.filter(pk__in=until).order_by("name", "pk")
    return [(user, datetime.fromtimestamp(until[user.pk], UTC)) for user in people]


HISTORY_ORDERS = {"newest": ("-at", "-id"), "oldest": ("at", "id")}
PROFILES: dict[str, type[StudentProfile] | type[LecturerProfile]] = {
    Role.STUDENT: StudentProfile,
    Role.LECTURER: LecturerProfile,
}


class Named(NamedTuple):
    """An identifier of somebody."""

    kind: str
    value: str

    def get_kind_display(self) -> str:
        return str(IdentifierKind(self.kind).label)


PROFILE_FACTS: dict[str, tuple[str, ...]] = {
    Role.STUDENT: ("intake_year", "level", "status", "gpa", "gender"),
    Role.LECTURER: ("main_role",),
}


def own_profile(user: User) -> dict[str, Any]:
    """Identifiers and profile of ``user``: 1 query, 2 for who has a profile and no identifier."""
    rows = _identifiers(str(user.role), person=user.pk)
    found = [Named(kind, value) for kind, value, *_facts in rows]
    if user.role not in PROFILES:
        return {"identifiers": found}
    model = PROFILES[user.role]
    if rows:
        _kind, _value, pk, *facts = rows[0]
        known = zip(PROFILE_FACTS[user.role], facts, strict=True)
        profile = None if pk is None else model(user_id=pk, **dict(known))
    else:
        profile = model.objects.filter(pk=user.pk).first()
    return {"identifiers": found, str(user.role): profile}


@Prepared
def _identifiers(role: str, *, person: int) -> "QuerySet[Identifier, Any]":
    """Those of somebody of ``role``, each with the profile where they have one."""
    names = ("user_id", *PROFILE_FACTS[role]) if role in PROFILES else ()
    profile = [f"user__{role}_profile__{name}" for name in names]
    rows = Identifier.objects.filter(user_id=person).order_by("kind")
    return rows.values_list("kind", "value", *profile)


def faculty_people() -> dict[str, Any]:
    """Active accounts of each role, how many of them never signed in, and students by level.

    ``roles`` has {"people", "waiting"} by role, ``levels`` pairs of level and active students,
    in order. 1 query.
    """
    accounts = (
        User.objects.filter(is_active=True)
        .values("role")
        .annotate(
            people=Count("pk"),
            waiting=Count("pk", filter=Q(sign_in_session__started_at=None)),
            level=Value(None, output_field=IntegerField()),
        )
    )
    students = (
        StudentProfile.objects.filter(status="active")
        .annotate(role=Value("", output_field=CharField()))
        .values("role", "level")
        .annotate(people=Count("pk"), waiting=Value(0))
    )
    columns = ("role", "people", "waiting", "level")
    roles: dict[str, dict[str, int]] = {}
    levels: list[tuple[int, int]] = []
    rows: QuerySet[Any, Any] = accounts.values_list(*columns)
    for role, people, waiting, level in rows.union(students.values_list(*columns), all=True):
        if level is None:
            roles[role] = {"people": people, "waiting": waiting}
        else:
            levels.append((level, people))
    return {"roles": roles, "levels": sorted(levels)}
