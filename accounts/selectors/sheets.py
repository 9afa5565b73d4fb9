"""Who gets a slip on a sheet of passwords, and the sheets of a maker."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from accounts import rules
from accounts.choices import Role
from accounts.models import PasswordSheet, User
from accounts.selectors.people_list import Asked

SHOWN = 20


def candidates(
    maker: User, *, pks: Sequence[int] | None, asked: Asked, only_new: bool
) -> "QuerySet[User]":
    """Those of ``pks`` (None: of the list as ``asked`` for) whom ``maker`` may issue a password.

    Open accounts, never the maker's own; ``only_new``: who never signed in.
    """
    found = User.objects.filter(pk__in=pks) if pks is not None else asked.people()
    roles = [role for role in Role if rules.can_give_role(maker, role)]
    found = found.filter(role__in=roles, is_active=True).exclude(pk=maker.pk)
    if only_new:
        found = found.filter(Q(sign_in_session=None) | Q(sign_in_session__started_at=None))
    return found


def sheets_of(maker: User) -> "QuerySet[PasswordSheet]":
    return PasswordSheet.objects.filter(maker_id=maker.pk).order_by("-pk")[:SHOWN]


def sheet_of(maker: User, pk: int) -> PasswordSheet | None:
    """One query; None for another's."""
    return PasswordSheet.objects.select_related("file").filter(pk=pk, maker_id=maker.pk).first()
