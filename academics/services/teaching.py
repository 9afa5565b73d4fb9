"""Who teaches what, and the parts of an offering."""

from django.db.models import Max
from django.utils.translation import gettext as _

from academics.errors import FieldError
from academics.models import (
    CourseExpertise,
    CourseOffering,
    LecturerExpertise,
    Module,
    TeachingRole,
)
from academics.services import rows, tell
from academics.services.rows import By
from accounts.choices import MainRole
from accounts.models import LecturerProfile
from isme.lib.transactions import retry_atomic
from notifications import activity


@retry_atomic
def give_role(role: TeachingRole, *, by: By) -> TeachingRole:
    """Make a lecturer coordinator, team or teacher of an offering; locks the offering.

    Raises FieldError: one coordinator, no standby, and an expertise that the course asks for.
    """
    CourseOffering.objects.select_for_update().get(pk=role.offering_id)
    lecturer = LecturerProfile.objects.select_related("user").get(pk=role.lecturer_id)
    if lecturer.main_role == MainRole.STANDBY:
        raise FieldError({"lecturer": _("This lecturer is on standby.")})
    asked = CourseExpertise.objects.filter(course__offerings=role.offering_id)
    has = LecturerExpertise.objects.filter(
        lecturer=lecturer, expertise__in=asked.values("expertise_id")
    )
    if asked.exists() and not has.exists():
        raise FieldError(
            {"lecturer": _("This lecturer has none of the expertises that the course asks for.")}
        )
    roles = TeachingRole.objects.filter(offering_id=role.offering_id, kind=role.kind)
    if roles.filter(lecturer=lecturer).exists():
        raise FieldError({"lecturer": _("This lecturer has this role already.")})
    if role.kind == "coordinator" and roles.exists():
        raise FieldError({"kind": _("The course has a coordinator already.")})
    made = rows.create(role, by=by)
    tell.role_given(made, by)
    activity.record(
        by=by.user_id,
        verb="academics.role",
        what=made,
        course=made.offering,
        title=lecturer.user.name,
    )
    return made


@retry_atomic
def take_role(role: TeachingRole, *, by: By) -> None:
    """Take a lecturer's role in an offering away, and tell them. Raises InUse."""
    rows.delete(role, by=by)
    tell.role_taken(role, by)


@retry_atomic
def add_module(module: Module, *, by: By) -> Module:
    """Add a module with the next free number of its kind; locks the offering."""
    CourseOffering.objects.select_for_update().get(pk=module.offering_id)
    same = Module.objects.filter(offering_id=module.offering_id, kind=module.kind)
    module.number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    return rows.create(module, by=by)
