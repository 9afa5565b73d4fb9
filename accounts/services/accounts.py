"""Changing accounts. Whatever a page shows or a rule reads goes through here."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.canonical import canonical, is_valid
from accounts.choices import IdentifierKind, Role, StudentStatus
from accounts.errors import AccountsError, IdentifierTaken
from accounts.models import Identifier, StudentProfile, User
from accounts.services import search_words
from accounts.session import writer
from isme.lib import audit, hooks, versions
from isme.lib.audit import Origin
from isme.lib.transactions import retry_atomic

PEOPLE = "people"  # version of everything that pages show of accounts
ENDS_SESSION = frozenset({"role", "is_active", "password"})
AUDITED = ENDS_SESSION | {"name", "username", "note"}
EDITED = AUDITED - {"password"}  # what the form of a person shows: its version grows
SECRETS = frozenset({"password"})  # that it changed is recorded, never its value


@retry_atomic
def create_account(
    *, name: str, role: str, username: str, password: str, identifiers: Mapping[str, str]
) -> User:
    """Create an account with its identifiers (kind -> value). Raises IdentifierTaken."""
    user = User(name=name, role=role, username=canonical(username))
    user.set_password(password)
    values = {**identifiers, IdentifierKind.USERNAME.value: username}
    try:
        with transaction.atomic():
            user.save()
            Identifier.objects.bulk_create(identifier_rows(user, values))
            search_words.index_people([user.pk])
    except IntegrityError as error:
        raise IdentifierTaken(_("One of these belongs to another account already.")) from error
    versions.bump(PEOPLE)
    return user


def identifier_rows(user: User, values: Mapping[str, str]) -> list[Identifier]:
    """One unsaved row for each distinct canonical value. Raises AccountsError for a bad one."""
    rows: dict[str, Identifier] = {}
    # The username comes last: where it equals a number, the row keeps the number's kind.
    for kind, given in sorted(values.items(), key=lambda item: item[0] == "username"):
        value = canonical(given)
        if not is_valid(kind, value):
            raise AccountsError(
                _("“%(value)s” can't be a %(kind)s.") % {"value": given, "kind": kind}
            )
        rows.setdefault(value, Identifier(user=user, kind=kind, value=value))
    return list(rows.values())


@retry_atomic
def change_account(
    *,
    user_id: int,
    changes: Mapping[str, object],
    by: int | None = None,
    origin: Origin | None = None,
) -> User:
    """Set ``changes`` (field -> value) at once everywhere; some end the person's session.

    A new role, password or deactivation ends it: what the old rights opened must close. What
    ``by`` (an account; None: a command) changed in somebody's rights goes into the audit trail.
    """
    with writer.changing(user_id) as session:
        user = session.user
        if AUDITED & set(changes):
            _record_change(user, changes, by=by, origin=origin)
        if changes.get("role", user.role) != user.role:
            hooks.role_changed(user.pk, str(changes["role"]), by)
            end_studies(user.pk, str(changes["role"]))
        for field, value in changes.items():
            setattr(user, field, value)
        user.version += bool(EDITED & set(changes))
        user.save(update_fields=[*changes, "version", *_open_or_closed(user, changes)])
        if "name" in changes:
            search_words.index_people([user.pk])
        if ENDS_SESSION & set(changes):
            session.secret_hash = session.previous_hash = ""
    versions.bump(PEOPLE)
    return user


def end_studies(user_id: int, role: str) -> None:
    """Whose new ``role`` is another than student has left, if they studied: 0 or 1 query.

    The profile stays, as history. Were it active, they'd be counted, promoted, put into groups
    and told what is for students.
    """
    if role != Role.STUDENT:
        studying = StudentProfile.objects.filter(pk=user_id, status=StudentStatus.ACTIVE)
        studying.update(status=StudentStatus.LEFT)


def _open_or_closed(user: User, changes: Mapping[str, object]) -> list[str]:
    """An account that is open again was not deactivated; return the fields to save too."""
    if not changes.get("is_active"):
        return []
    user.deactivated_at = user.deactivated_by_id = None
    user.deactivation_reason = ""
    return ["deactivated_at", "deactivated_by", "deactivation_reason"]


def _record_change(
    user: User, changes: Mapping[str, object], *, by: int | None, origin: Origin | None
) -> None:
    details = {
        field: "changed" if field in SECRETS else [str(getattr(user, field)), str(value)]
        for field, value in changes.items()
        if field in AUDITED
    }
    audit.record(
        "account.changed",
        actor_id=by,
        subject=f"account:{user.pk}",
        origin=origin,
        details=details,
    )
