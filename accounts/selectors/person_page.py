"""What staff sees of one person."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import AuditEvent, MailedLink, SignInEvent, SignInSession, User
from accounts.selectors.audit import in_words
from accounts.selectors.people import own_profile, sign_in_history

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


def form_values(found: User) -> dict[str, Any]:
    """The person as the form shows them: identifiers by kind, profile, note. 1 or 2 queries."""
    known = own_profile(found)
    values: dict[str, Any] = {row.kind: row.value for row in known["identifiers"]}
    values |= {"name": found.name, "note": found.note, "username": found.username}
    student, lecturer = known.get("student"), known.get("lecturer")
    if student is not None:
        names = ("intake_year", "level", "status", "gender", "gpa")
        values |= {name: getattr(student, name) for name in names}
    if lecturer is not None:
        values["main_role"] = lecturer.main_role
    return values
