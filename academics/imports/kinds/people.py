"""What students, lecturers and staff have in common: accounts with identifiers."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academics.imports.cells import Identifier as IdentifierCell
from academics.imports.cells import Text
from academics.imports.kind import Column, Context, Draft, Kind, earlier_of, news_of, targets_of
from academics.imports.related import hanging_on
from accounts.choices import IdentifierKind
from accounts.models import Identifier, SignInEvent, SignInSession, User
from accounts.services import batches
from accounts.services.accounts import change_account
from accounts.services.batches import NewPerson

UNREAD = {
    "password": "password",
    "kata sandi": "password",
    "sandi": "password",
    "telepon": "phone",
    "telp": "phone",
    "phone": "phone",
    "no hp": "phone",
}
NAME = Column(
    "name",
    _("Name"),
    Text(150, least=2),
    aliases=("nama", "nama lengkap", "full name"),
    required=True,
    hint=_("Full name with titles, as it should be shown."),
    example="Nadia Pratama",
)
USERNAME = Column(
    "username",
    _("Username"),
    IdentifierCell(IdentifierKind.USERNAME),
    aliases=("nama pengguna", "user name", "user"),
    hint=_("Small letters, digits, dots. Left empty, the number is the name to sign in with."),
    example="nadia.pratama",
)
EMAIL = Column(
    "email",
    _("E-mail"),
    IdentifierCell(IdentifierKind.EMAIL),
    aliases=("e-mail", "surel", "alamat email", "alamat surel"),
    clearable=True,
    hint=_("One address, of nobody else. A dash removes it."),
    example="nadia@kampus.example",
)


class People(Kind):
    """Accounts of one role, found by the number in ``key``.

    Columns that are identifiers are named like their kind.
    """

    role: ClassVar[str]
    unread: ClassVar[dict[str, str]] = UNREAD
    address = "/accounts/users/"

    @property
    def number(self) -> str:
        return self.key[0]

    @property
    def identifier_columns(self) -> list[str]:
        kinds = set(IdentifierKind.values)
        return [column.name for column in self.columns if column.name in kinds]

    def names_of(self, draft: Draft) -> Iterable[tuple[str, str]]:
        """Every identifier of the file belongs to one row, whatever its column."""
        own: dict[str, str] = {}
        for column in self.identifier_columns:
            if draft.is_good(column):
                own.setdefault(str(draft.values[column]), column)
        return [(column, value) for value, column in own.items()]

    # --- Meeting the database ---

    def look_up(self, drafts: Sequence[Draft], context: Context) -> None:
        wanted = {value for draft in drafts for _column, value in self.names_of(draft)}
        owners = {
            row.value: row
            for row in Identifier.objects.filter(value__in=wanted).select_related("user")
        }
        for draft in drafts:
            self._find_target(draft, owners)
        held = self.current(drafts, context)
        for draft in drafts:
            if draft.target is not None:
                draft.before = held[draft.target]
            self._check_username(draft, context)
            self._check_owners(draft, owners)
            self.check(draft, context)

    def _find_target(self, draft: Draft, owners: dict[str, Identifier]) -> None:
        if not draft.is_good(self.number):
            return
        row = owners.get(str(draft.values[self.number]))
        if row is None:
            return
        if row.user.role != self.role:
            draft.bad(self.number, "other_role", name=row.user.name)
        elif row.kind != self.number and row.value != row.user.username:
            draft.bad(self.number, "taken", name=row.user.name)
        else:
            draft.target = row.user_id

    def _check_username(self, draft: Draft, context: Context) -> None:
        if draft.before is None:
            if not draft.is_good("username") and draft.is_good(self.number):
                context.notice("username_is_number")
        elif draft.is_good("username"):
            now = draft.before["username"]
            if draft.values["username"] != now:
                draft.bad("username", "username_fixed", now=now)

    def _check_owners(self, draft: Draft, owners: dict[str, Identifier]) -> None:
        for column, value in self.names_of(draft):
            row = owners.get(value)
            if row is not None and row.user_id != draft.target and column != self.number:
                draft.bad(column, "taken", name=row.user.name)

    def check(self, draft: Draft, context: Context) -> None:
        """What a subclass objects to beside that."""

    def people(self, targets: Sequence[int]) -> "QuerySet[User]":
        return User.objects.filter(pk__in=targets, role=self.role)

    def current(self, drafts: Sequence[Draft], context: Context) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        for user in self.people(targets_of(drafts)).prefetch_related("identifiers"):
            values = dict.fromkeys(self.identifier_columns, "")
            values |= {r.kind: r.value for r in user.identifiers.all() if r.kind in values}
            # A username that equals the number has no row of its own, nor the other way round.
            values["username"] = user.username
            if self.number in values and not values[self.number]:
                values[self.number] = user.username
            found[user.pk] = {**values, "name": user.name, **self.profile_values(user)}
        return found

    def profile_values(self, user: User) -> dict[str, Any]:
        return {}

    # --- Writing ---

    def lock(self, targets: Sequence[int], context: Context) -> None:
        list(
            User.objects.select_for_update()
            .filter(pk__in=targets)
            .order_by("pk")
            .values_list("pk", flat=True)
        )

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        return batches.create_people([self.person(draft) for draft in drafts])

    def person(self, draft: Draft) -> NewPerson:
        values = draft.values
        numbers = [c for c in self.identifier_columns if c != "username" and draft.is_good(c)]
        return NewPerson(
            name=str(values["name"]),
            role=self.role,
            username=str(values.get("username") or values[self.number]),
            identifiers={column: str(values[column]) for column in numbers},
        )

    def update(self, drafts: Sequence[Draft], context: Context) -> None:
        self._write(news_of(drafts), context)

    def restore(self, drafts: Sequence[Draft], context: Context) -> None:
        self._write(earlier_of(drafts), context)

    def _write(self, changes: dict[int, dict[str, Any]], context: Context) -> None:
        names = {
            user_id: {
                column: str(values[column] or "")
                for column in self.identifier_columns
                if column in values and column not in {"username", self.number}
            }
            for user_id, values in changes.items()
        }
        batches.set_identifiers({user_id: kinds for user_id, kinds in names.items() if kinds})
        for user_id, values in changes.items():
            account: dict[str, object] = {
                field: values[field] for field in ("name", "note") if field in values
            }
            if account:
                change_account(user_id=user_id, changes=account, by=context.actor_id)
        self.write_profiles(changes)

    def write_profiles(self, changes: dict[int, dict[str, Any]]) -> None:
        """Write the columns that are the profile's; ``changes`` may hold others too."""

    # --- Undoing ---

    def hanging(self, targets: Sequence[int]) -> dict[str, int]:
        """People who signed in, and whatever points at an account or its profile."""
        used = set(
            SignInSession.objects.filter(
                user_id__in=targets, started_at__isnull=False
            ).values_list("user_id", flat=True)
        )
        used |= set(
            SignInEvent.objects.filter(user_id__in=targets).values_list("user_id", flat=True)
        )
        found = {str(_("people who have signed in")): len(used)} if used else {}
        return found | hanging_on(User, targets)

    def remove(self, drafts: Sequence[Draft], context: Context) -> None:
        batches.remove_unused(targets_of(drafts))
