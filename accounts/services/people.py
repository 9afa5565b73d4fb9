"""Keeping people: their accounts, identifiers and profiles, in one step and on the record."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import rules
from accounts.choices import Role
from accounts.errors import EditedMeanwhile, FieldRefused, NotAllowed
from accounts.models import Identifier, LecturerProfile, SignInSession, StudentProfile, User
from accounts.services import identifiers, search_words, sessions
from accounts.services.accounts import PEOPLE, end_studies
from accounts.session import writer
from isme.lib import audit, hooks, versions
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic

PROFILES: dict[str, Any] = {
    Role.STUDENT.value: StudentProfile,
    Role.LECTURER.value: LecturerProfile,
}
ACCOUNT_FIELDS = ("name", "role", "note", "username")


@dataclass(frozen=True)
class PersonFacts:
    """What an editor says of a person.

    ``identifiers`` are by kind ("" takes one away), ``profile`` holds the fields of the role's.
    """

    name: str
    role: str
    note: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)


@retry_atomic
def create_person(*, facts: PersonFacts, actor: User, origin: Origin) -> User:
    """Make an account that nobody can sign in to yet: a one-time password opens it.

    Raises FieldRefused, NotAllowed. Queries: 12 to 14.
    """
    if not rules.can_give_role(actor, facts.role):
        raise NotAllowed(_("You can't give this role."))
    values = identifiers.cleaned(facts.identifiers)
    user = User(name=facts.name, role=facts.role, note=facts.note)
    user.username = values[identifiers.USERNAME]
    user.set_unusable_password()
    identifiers.refuse_taken(user, values)
    _save(user)
    identifiers.keep(user, values)
    _keep_profile(user, facts.profile)
    search_words.index_people([user.pk])
    details = {name: value for name, value in _state(user, {user.role}).items() if value}
    subject = f"account:{user.pk}"
    audit.record(
        "account.created", actor_id=actor.pk, subject=subject, origin=origin, details=details
    )
    versions.bump(PEOPLE)
    return user


@retry_atomic
def edit_person(
    *, user_id: int, version: int, facts: PersonFacts, actor: User, origin: Origin
) -> User:
    """Change a person, unless somebody else did since ``version`` was read.

    A new role ends their session: what the old rights opened must close; who was a student has
    left. What changed goes into the audit trail; nothing changed leaves no trace. Raises
    EditedMeanwhile, FieldRefused, NotAllowed, User.DoesNotExist. Locks the account. Queries: 10
    to 18, some more for a new role.
    """
    values = identifiers.cleaned(facts.identifiers)
    with writer.changing(user_id) as session:
        user = session.user
        _allow(actor, user, facts.role)
        if user.version != version:
            raise EditedMeanwhile(_("Somebody else changed this person meanwhile."))
        roles = {user.role, facts.role}
        before = _state(user, roles)
        user.name, user.role, user.note = facts.name, facts.role, facts.note
        user.username = values[identifiers.USERNAME]
        identifiers.refuse_taken(user, values)
        _save(user)
        identifiers.keep(user, values)
        _keep_profile(user, facts.profile)
        if len(roles) > 1:
            end_studies(user.pk, user.role)
        changes = _changes(before, _state(user, roles))
        if changes:
            _note_changes(user, session, changes, actor, origin)
    versions.bump(PEOPLE)
    return user


@retry_atomic
def repair_profile(
    profile: StudentProfile | LecturerProfile, *, actor: User, origin: Origin
) -> None:
    """Write a profile over whatever it is now, on the record. Locks the account."""
    with writer.changing(profile.pk) as session:
        roles = {session.user.role}
        before = _state(session.user, roles)
        profile.save()
        if changes := _changes(before, _state(session.user, roles)):
            _note_changes(session.user, session, changes, actor, origin)
    versions.bump(PEOPLE)


def _allow(actor: User, user: User, role: str) -> None:
    if not rules.can_edit(actor, user) or not rules.can_change_role(actor, user, role):
        raise NotAllowed(_("You can't change this person in this way."))


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        text = _("This username belongs to somebody else already.")
        raise FieldRefused({identifiers.USERNAME: text}) from error


def _keep_profile(user: User, profile: Mapping[str, Any]) -> None:
    """The profile of the person's role; that of an earlier role stays: it is history."""
    model = PROFILES.get(user.role)
    if model is not None and profile:
        _row, made = model.objects.update_or_create(user=user, defaults=dict(profile))
        if made and model is StudentProfile:
            hooks.new_students([user.pk])


def _state(user: User, roles: Collection[str]) -> dict[str, str]:
    """What an edit may change, as words: 1 query, and one for each profile of ``roles``."""
    state = {name: str(getattr(user, name)) for name in ACCOUNT_FIELDS}
    state |= dict(Identifier.objects.filter(user_id=user.pk).values_list("kind", "value"))
    for model in [PROFILES[role] for role in sorted(roles) if role in PROFILES]:
        row = model.objects.filter(pk=user.pk).values().first() or {}
        state |= {name: str(value) for name, value in row.items() if name != "user_id"}
    return state


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    names = sorted({*before, *after})
    both = {name: [before.get(name, ""), after.get(name, "")] for name in names}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def _note_changes(
    user: User,
    session: SignInSession,
    changes: Mapping[str, list[str]],
    actor: User,
    origin: Origin,
) -> None:
    user.version += 1
    user.save(update_fields=["version"])
    search_words.index_people([user.pk])
    if "role" in changes:
        sessions.end(session, is_told=True)
        hooks.role_changed(user.pk, user.role, actor.pk)
    audit.record(
        "account.changed",
        actor_id=actor.pk,
        subject=f"account:{user.pk}",
        origin=origin,
        details=changes,
    )
