from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.choices import Role
from accounts.models import (
    Identifier,
    LecturerProfile,
    SignInEvent,
    StudentProfile,
    User,
)
from isme.lib import limits


def sign_in_history(user: User) -> "QuerySet[SignInEvent]":
    """Everything that happened at the door of ``user``."""
    return SignInEvent.objects.filter(user_id=user.pk)


def throttled_accounts() -> list[tuple[User, datetime]]:
    """Accounts that were refused and must still wait, and until when: 2 queries, 1 exchange."""
    until = {int(key[1:]): moment for key, moment in limits.held().items() if key[0] == "u"}
    people = User.objects.filter(pk__in=until).order_by("name", "pk")
    return [(user, datetime.fromtimestamp(until[user.pk], UTC)) for user in people]


PROFILES: dict[str, type[StudentProfile] | type[LecturerProfile]] = {
    Role.STUDENT: StudentProfile,
    Role.LECTURER: LecturerProfile,
}


def own_profile(user: User) -> dict[str, Any]:
    """Identifiers and profile of ``user``: 1 query, 2 for who has a profile and no identifier."""
    rows = Identifier.objects.filter(user_id=user.pk).order_by("kind")
    if user.role not in PROFILES:
        return {"identifiers": list(rows)}
    model = PROFILES[user.role]
    found = list(rows.select_related(f"user__{user.role}_profile"))
    if found:
        profile = getattr(found[0].user, f"{user.role}_profile", None)
    else:
        profile = model.objects.filter(pk=user.pk).first()
    return {"identifiers": found, str(user.role): profile}


def people_by_role() -> dict[str, dict[str, int]]:
    """Active accounts of each role, and how many of them never signed in: 1 query."""
    counted = (
        User.objects.filter(is_active=True)
        .values("role")
        .annotate(
            people=Count("pk"),
            waiting=Count("pk", filter=Q(sign_in_session__started_at=None)),
        )
    )
    return {row["role"]: {"people": row["people"], "waiting": row["waiting"]} for row in counted}


def students_by_level() -> list[Any]:
    """Active students of each study level, 1 query."""
    return list(
        StudentProfile.objects.filter(status="active")
        .values("level")
        .annotate(people=Count("pk"))
        .order_by("level")
    )
