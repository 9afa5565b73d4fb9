"""The names by which a person signs in: checked, and changed so that the right field is told."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.canonical import canonical, is_valid
from accounts.choices import IdentifierKind
from accounts.errors import FieldRefused
from accounts.models import Identifier, User

USERNAME = IdentifierKind.USERNAME.value
# What a username is taken from when none is typed, the first that there is.
STANDS_IN = (IdentifierKind.NIM.value, IdentifierKind.NID.value, IdentifierKind.NIP.value)


def cleaned(values: Mapping[str, str]) -> dict[str, str]:
    """Canonical values by kind ("" where none); the username always. Raises FieldRefused."""
    found: dict[str, str] = {}
    for kind, given in values.items():
        value = canonical(given)
        if given.strip() and not is_valid(kind, value):
            raise FieldRefused({kind: what_fits(kind)})
        found[kind] = value
    if not found.get(USERNAME):
        found[USERNAME] = next((found[kind] for kind in STANDS_IN if found.get(kind)), "")
    if not found[USERNAME]:
        text = _("Type a username, or a number that stands in for it.")
        raise FieldRefused({USERNAME: text})
    return found


def what_fits(kind: str) -> str:
    """What an identifier of ``kind`` must look like, in words."""
    if kind == IdentifierKind.USERNAME:
        return _("A username has 2 to 64 letters, digits, dots, dashes or underscores.")
    if kind == IdentifierKind.EMAIL:
        return _("An e-mail address looks like name@example.ac.id.")
    if kind == IdentifierKind.NIM:
        return _("A NIM has 8 to 15 digits.")
    return _("This number has 4 to 20 digits.")


def keep(user: User, values: Mapping[str, str]) -> None:
    """Give the saved ``user`` these identifiers, and no other of the same kinds.

    ``values`` are ``cleaned``. Kinds that aren't named stay as they are. Raises FieldRefused for
    a value that somebody else has. Queries: 1, and 2 when something changes.
    """
    present = {row.kind: row.value for row in Identifier.objects.filter(user_id=user.pk)}
    wanted = _rows(user, {**present, **values})
    if {row.kind: row.value for row in wanted} == present:
        return
    Identifier.objects.filter(user_id=user.pk).delete()
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create(wanted)
    except IntegrityError:
        # Another editor took one of them between our look and our write.
        refuse_taken(user, values)
        raise


def _rows(user: User, values: Mapping[str, str]) -> list[Identifier]:
    """One row for each distinct value; where the username equals a number, the number's."""
    rows: dict[str, Identifier] = {}
    for kind, value in sorted(values.items(), key=lambda item: (item[0] == USERNAME, item[0])):
        if value:
            rows.setdefault(value, Identifier(user=user, kind=kind, value=value))
    return list(rows.values())


def refuse_taken(user: User, values: Mapping[str, str]) -> None:
    """Raise FieldRefused for all values that another account has. One query."""
    if found := taken(user.pk, values):
        raise FieldRefused(found)


def taken(user_id: int | None, values: Mapping[str, str]) -> dict[str, str]:
    """Of the kinds whose value another account has, who has it, in words. One query.

    ``values`` are canonical. A value of two kinds (a number that is the username too) is told of
    the first.
    """
    wanted = {value: kind for kind, value in [*values.items()][::-1] if value}
    rows = Identifier.objects.filter(value__in=wanted)
    if user_id is not None:
        rows = rows.exclude(user_id=user_id)
    return {
        wanted[value]: _("%(value)s belongs to %(name)s already.") % {"value": value, "name": name}
        for value, name in rows.order_by("value").values_list("value", "user__name")
    }
