"""The list of people, quick at a hundred thousand: searched, filtered, and a page of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import Exact

from accounts.among import Among
from accounts.choices import IdentifierKind, Role
from accounts.models import Identifier, SearchWord, User
from accounts.session import presence
from accounts.words import LAST_CHARACTER, terms_of

ACTIVE, INACTIVE, WAITING, ONLINE = "active", "inactive", "waiting", "online"
FREQUENT = 30_000
MOST_COUNTED = 1000  # whoever has more to look through types more
STATUSES = (ACTIVE, INACTIVE, WAITING, ONLINE)
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "newest": ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
}
# The number that a person is known by, the first that there is.
NUMBERS = (
    IdentifierKind.NIM,
    IdentifierKind.NID,
    IdentifierKind.NIP,
    IdentifierKind.NIDN,
    IdentifierKind.NUPTK,
)


@dataclass(frozen=True)
class Asked:
    """What the list was asked for: as its address says it, and the set that ``among`` names."""

    filters: dict[str, str]
    among: Among | None = None

    def people(self) -> "QuerySet[User]":
        """Those it asks for; queries as of ``people``."""
        q, role, status = (self.filters[name] for name in ("q", "role", "status"))
        return people(q=q, role=role, status=status, among=self.among)


def people(
    *, q: str = "", role: str = "", status: str = "", among: Among | None = None
) -> "QuerySet[User]":
    """Those in whose name or identifiers every word of ``q`` begins a word.

    An unknown role or status filters nothing. A query for a word or more; ``online`` asks who
    is on.
    """
    found = _with_words(User.objects.all(), terms_of(q))
    if among is not None:
        found = found.filter(among.condition)
    if q.strip() and not terms_of(q):
        return found.none()  # only dots and dashes: nobody is called that
    if role in Role.values:
        found = found.filter(role=role)
    return _of_status(found, status)


def _with_words(found: "QuerySet[User]", terms: list[str]) -> "QuerySet[User]":
    """Those who have, for each of ``terms``, a word that begins so. One query for each.

    Where a term fits few, the database collects their people and sorts those. Where all fit
    nearly everybody ("2026"), it walks people in the order of the page and asks for each, until
    the page is full.
    """
    words = [
        SearchWord.objects.filter(word__gte=term, word__lt=term + LAST_CHARACTER) for term in terms
    ]
    if not all(beginning[: FREQUENT + 1].count() > FREQUENT for beginning in words):
        for beginning in words:
            found = found.filter(pk__in=beginning.values("user_id"))
        return found
    for beginning in words:
        # A scalar, not EXISTS: MariaDB turns EXISTS into the collecting that takes too long.
        one = beginning.filter(user_id=OuterRef("pk")).values(one=Value(1))[:1]
        found = found.filter(Exact(Subquery(one, output_field=IntegerField()), Value(1)))
    return found


def _of_status(found: "QuerySet[User]", status: str) -> "QuerySet[User]":
    if status == ACTIVE:
        return found.filter(is_active=True)
    if status == INACTIVE:
        return found.filter(is_active=False)
    if status == WAITING:
        never = Q(sign_in_session=None) | Q(sign_in_session__started_at=None)
        return found.filter(never, is_active=True)
    if status == ONLINE:
        return found.filter(pk__in=presence.online())
    return found


def page_of(pks: Sequence[int]) -> list[User]:
    """The people of a page in its order, with what a row shows: 2 queries, whatever their number.

    Each has ``number`` (the one they are known by, "" without one) and ``values`` (identifiers
    by kind). The page was chosen by an index that holds only keys: reading whole rows to skip them would cost
    a lookup for each skipped one.
    """
    rows = User.objects.filter(pk__in=pks).select_related(
        "sign_in_session", "student_profile", "lecturer_profile"
    )
    by_pk = {user.pk: user for user in rows}
    values: dict[int, dict[str, str]] = defaultdict(dict)
    for row in Identifier.objects.filter(user_id__in=by_pk):
        values[row.user_id][row.kind] = row.value
    for user in by_pk.values():
        known: Any = user
        known.values = values[user.pk]
        known.number = number_of(values[user.pk])
    return [by_pk[pk] for pk in pks if pk in by_pk]


def number_of(values: Mapping[str, str]) -> str:
    """Kind and value of the number a person is known by, from identifiers; "" without one."""
    kind = next((kind for kind in NUMBERS if values.get(kind)), None)
    return f"{kind.label} {values[kind]}" if kind else ""
