"""Whose a typed name is, and where mail to a person may go."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.canonical import canonical
from accounts.choices import IdentifierKind
from accounts.models import Identifier, User
from isme.lib.prepared import Prepared


def find_user(login: str) -> User | None:
    """The account of an identifier of any kind: one query by a unique index."""
    name = canonical(login)
    if not name:
        return None
    found = _named(value=name)
    return found[0].user if found else None


@Prepared
def _named(*, value: str) -> "QuerySet[Identifier]":
    return Identifier.objects.select_related("user__second_factor").filter(value=value)


def email_of(user_id: int) -> str:
    """The address of the account, proved or not; "" for none. One query."""
    rows = Identifier.objects.filter(user_id=user_id, kind=IdentifierKind.EMAIL)
    return rows.values_list("value", flat=True).first() or ""


def proved_email_of(user: User) -> str:
    """Where mail to ``user`` may go: the address in use, if it was proved; else "". One query."""
    if not user.proved_email:
        return ""
    return user.proved_email if email_of(user.pk) == user.proved_email else ""


def proved_emails(people: Collection[int]) -> dict[int, str]:
    """By id, where mail may go to those of ``people`` who proved the address in use. One query."""
    rows = Identifier.objects.filter(user_id__in=people, kind=IdentifierKind.EMAIL)
    found = rows.values_list("user_id", "value", "user__proved_email")
    return {pk: value for pk, value, proved in found if value == proved}


@dataclass(frozen=True)
class OwnEmail:
    """The address in use ("" for none) and whether its owner proved it."""

    address: str
    is_proved: bool


def own_email(user_id: int) -> OwnEmail:
    """One query."""
    rows = Identifier.objects.filter(user_id=user_id, kind=IdentifierKind.EMAIL)
    row = rows.values_list("value", "user__proved_email").first()
    return OwnEmail(row[0], row[0] == row[1]) if row else OwnEmail("", is_proved=False)
