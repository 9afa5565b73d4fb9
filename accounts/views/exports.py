"""Lists to take away: what the page shows, with its filters, as a spreadsheet; on the record."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts import rules
from accounts.acting import not_while_acting
from accounts.choices import IdentifierKind
from accounts.http import Request, origin_of
from accounts.models import User
from accounts.selectors import people_list
from accounts.views.people import asked_of
from isme.lib import audit
from isme.lib.exports import refusal
from isme.lib.rates import Rate
from isme.lib.sheets import Column, workbook

RATE = Rate("exports", most=10, seconds=600)
MOST_ROWS = 20_000  # some seconds of work; more belongs into several files
BATCH = 500


def _value(kind: IdentifierKind) -> Column:
    return Column(kind.label, lambda person: person.values.get(kind, ""))


def _of(person: User, profile: str, name: str) -> object:
    row = getattr(person, profile, None)
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name, "")


def _status(person: User) -> str:
    if not person.is_active:
        return _("Deactivated")
    session = getattr(person, "sign_in_session", None)
    return _("Active") if session and session.started_at else _("Never signed in")


def _last_seen(person: User) -> str:
    session = getattr(person, "sign_in_session", None)
    seen = session.seen_at if session else None
    return timezone.localtime(seen).strftime("%Y-%m-%d %H:%M") if seen else ""


COLUMNS: Sequence[Column] = (
    Column(gettext_lazy("Name"), lambda person: person.name),
    Column(gettext_lazy("Role"), lambda person: person.get_role_display()),
    *(_value(kind) for kind in IdentifierKind),
    Column(gettext_lazy("Study level"), lambda p: _of(p, "student_profile", "level")),
    Column(gettext_lazy("Intake year"), lambda p: _of(p, "student_profile", "intake_year")),
    Column(gettext_lazy("Status of studies"), lambda p: _of(p, "student_profile", "status")),
    Column(gettext_lazy("Main role"), lambda p: _of(p, "lecturer_profile", "main_role")),
    Column(gettext_lazy("Status of the account"), _status),
    Column(gettext_lazy("Last seen"), _last_seen),
    Column(gettext_lazy("Note"), lambda person: person.note),
)


@not_while_acting
@require_safe
def people_export(request: Request) -> HttpResponseBase:
    """The list as a spreadsheet, at most 20,000 people; 3 queries for each 500."""
    if not rules.can_list_people(request.user):
        raise PermissionDenied
    refused = refusal(request, RATE)
    if refused:
        return refused
    asked = asked_of(request.GET)
    filters = asked.filters
    order = people_list.ORDERS.get(request.GET.get("sort", ""), people_list.ORDERS["name"])
    keys = asked.people().order_by(*order).values_list("pk", flat=True)
    pks = list(keys[: MOST_ROWS + 1])
    if len(pks) > MOST_ROWS:
        text = ngettext(
            "A file holds at most %(most)s person. Narrow the filters first.",
            "A file holds at most %(most)s people. Narrow the filters first.",
            MOST_ROWS,
        )
        messages.error(request, text % {"most": MOST_ROWS})
        kept = urlencode({name: value for name, value in filters.items() if value})
        return HttpResponseRedirect(f"{reverse('accounts:people')}?{kept}")
    audit.record(
        "people.exported",
        actor_id=request.user.pk,
        subject="people",
        origin=origin_of(request),
        details={"rows": len(pks), **filters},
    )
    return workbook(f"orang-{timezone.localdate():%Y-%m-%d}", COLUMNS, _rows(pks))


def _rows(pks: list[int]) -> Iterator[User]:
    for start in range(0, len(pks), BATCH):
        yield from people_list.page_of(pks[start : start + BATCH])
