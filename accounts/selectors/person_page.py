"""What staff sees of one person."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.choices import StudentStatus
from accounts.models import (
    AuditEvent,
    LecturerProfile,
    MailedLink,
    SignInEvent,
    SignInSession,
    StudentProfile,
    User,
)
from accounts.selectors.audit import in_words
from accounts.selectors.people import PROFILE_FACTS, PROFILES, own_profile, sign_in_history

EVENTS = 10


def person(pk: int) -> User | None:
    """The account with its session; one query.

    ``refused_mail``: what the mail server said if it refused their newest link for good.
    """
    people = User.objects.select_related("deactivated_by", "sign_in_session", "second_factor")
    links = MailedLink.objects.filter(user=OuterRef("pk")).order_by("-pk")
    told = Subquery(links.values("refusal")[:1])
    return people.annotate(refused_mail=told).filter(pk=pk).first()


def history(found: User) -> "QuerySet[SignInEvent]":
    return sign_in_history(found)


def facts(found: User, *, for_audit: bool) -> dict[str, Any]:
    """Identifiers, profile, live session; for super admins the newest events about them.

    1 or 2 queries, and some more ``for_audit``: the events, and those of ``in_words``.
    """
    known: dict[str, Any] = own_profile(found)
    session: SignInSession | None = getattr(found, "sign_in_session", None)
    known["session"] = session if session and session.secret_hash else None
    if for_audit:
        known["events"] = in_words(events_about(found)[:EVENTS])
    return known


def events_about(found: User) -> "QuerySet[AuditEvent]":
    """What was done to this person's account, and what they did; the newest first."""
    about = Q(subject=f"account:{found.pk}") | Q(actor_id=found.pk)
    return AuditEvent.objects.filter(about).order_by("-number")


def form_values(found: User, role: str) -> dict[str, Any]:
    """The person as the form for ``role`` shows them: identifiers by kind, profile, note.

    1 to 3 queries. Of another role than theirs: the profile that they had in it, if they had one.
    """
    known = own_profile(found)
    values: dict[str, Any] = {row.kind: row.value for row in known["identifiers"]}
    values |= {"name": found.name, "note": found.note, "username": found.username}
    if role in PROFILES:
        profile = known[role] if role == found.role else _earlier(found, role)
        if profile is not None:
            values |= {name: getattr(profile, name) for name in PROFILE_FACTS[role]}
    return values


def _earlier(found: User, role: str) -> StudentProfile | LecturerProfile | None:
    """Who becomes a student again studies, if only the other role had ended it."""
    model: Any = PROFILES[role]
    profile: StudentProfile | LecturerProfile | None = model.objects.filter(pk=found.pk).first()
    if isinstance(profile, StudentProfile) and profile.status == StudentStatus.LEFT:
        profile.status = StudentStatus.ACTIVE
    return profile
