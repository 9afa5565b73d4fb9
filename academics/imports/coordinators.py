"""The coordinator of an offering as a cell: the NID of a lecturer, checked as by hand."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from academics.choices import TeachingKind
from academics.imports.cells import Digits
from academics.imports.kind import Column, Context, Draft, fold
from academics.models import CourseOffering, TeachingRole
from academics.services import teaching
from academics.services.rows import By
from accounts.choices import IdentifierKind, MainRole
from accounts.models import Identifier, LecturerProfile

NAME = "coordinator"
COLUMN = Column(
    NAME,
    _("Coordinator (NID)"),
    Digits(4, 20),
    aliases=(
        "koordinator",
        "nid koordinator",
        "koordinator nid",
        "coordinator",
        "coordinator nid",
    ),
    clearable=True,
    hint=_("The NID of a lecturer, for a course with dates; a dash means nobody."),
    example="11000123",
)


def held(offering_ids: Collection[int]) -> dict[int, str]:
    """Offering -> the NID of its coordinator, or their username who has none. Two queries."""
    roles = list(
        TeachingRole.objects.filter(
            kind=TeachingKind.COORDINATOR, offering_id__in=offering_ids
        ).values_list("offering_id", "lecturer_id", "lecturer__user__username")
    )
    nids = dict(
        Identifier.objects.filter(
            kind=IdentifierKind.NID, user_id__in=[person for _offering, person, _name in roles]
        ).values_list("user_id", "value")
    )
    return {offering: nids.get(person, name) for offering, person, name in roles}


def lecturers_of(drafts: Sequence[Draft]) -> dict[str, LecturerProfile]:
    """NID -> lecturer with the person and what they know. Four queries; none without cells."""
    wanted = {str(d.values[NAME]) for d in drafts if d.is_good(NAME)}
    if not wanted:
        return {}
    names = Identifier.objects.filter(kind=IdentifierKind.NID, value__in=wanted)
    people = dict(names.values_list("user_id", "value"))
    found = LecturerProfile.objects.filter(pk__in=people).select_related("user")
    rows = found.prefetch_related("expertise_rows__expertise")
    return {people[row.pk]: row for row in rows}


def check(
    draft: Draft, after: dict[str, Any], found: dict[str, LecturerProfile], context: Context
) -> None:
    """The rules of services.teaching.give_role, for the row as it would be afterwards."""
    if after.get("starts_on") and not after.get(NAME):
        context.notice("no_coordinator")
    if not draft.is_good(NAME):
        return
    lecturer = found.get(str(draft.values[NAME]))
    if not after.get("starts_on"):
        draft.bad(NAME, "coordinator_needs_dates")
    elif lecturer is None:
        draft.bad(NAME, "no_lecturer")
    elif NAME in draft.changes or draft.before is None:
        _check_lecturer(draft, after, lecturer)


def _check_lecturer(draft: Draft, after: dict[str, Any], lecturer: LecturerProfile) -> None:
    if not lecturer.user.is_active:
        draft.bad(NAME, "inactive_lecturer", name=lecturer.user.name)
    elif lecturer.main_role == MainRole.STANDBY:
        draft.bad(NAME, "standby_lecturer", name=lecturer.user.name)
    asked = {fold(name) for name in after.get("expertises") or []}
    knows = {fold(row.expertise.name) for row in lecturer.expertise_rows.all()}
    if asked and not asked & knows:
        draft.bad(NAME, "unfit_lecturer", name=lecturer.user.name)


def write(offering: CourseOffering | None, nid: str, by: By) -> None:
    """Let the lecturer with ``nid`` ("" for nobody) coordinate ``offering``, if it is another.

    Raises FieldError when that breaks a rule meanwhile.
    """
    if offering is None or held([offering.pk]).get(offering.pk, "") == nid:
        return
    roles = TeachingRole.objects.select_related("lecturer__user", "offering__course")
    for role in roles.filter(offering=offering, kind=TeachingKind.COORDINATOR):
        teaching.take_role(role, by=by)
    if not nid:
        return
    # One that was there before may have no NID: it was found by the username.
    of_kind = {"kind__in": (IdentifierKind.NID, IdentifierKind.USERNAME)}
    person = Identifier.objects.filter(value=nid, **of_kind).values_list("user_id", flat=True)
    role = TeachingRole(
        offering=offering, lecturer_id=person.first(), kind=TeachingKind.COORDINATOR
    )
    teaching.give_role(role, by=by)
