"""How acts of academics read in the streams of activity, and which of them somebody may see."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academics import rules
from academics.imports.rules import kinds_of
from academics.models import CourseOffering, ImportJob, Material, PromotionRun, TeachingRole
from academics.selectors.classes import visible_classes
from accounts.models import User
from isme.lib.prepared import Prepared
from notifications import activity
from notifications.activity import Verb


def offer() -> None:
    """Put the verbs into the registry."""
    activity.register(
        Verb("academics.material", _("added the material"), _materials_seen, for_all=True)
    )
    activity.register(
        Verb("academics.syllabus", _("gave the syllabus of"), _offerings_seen, for_all=True)
    )
    # Of a class or a role, those whom it concerns have a notice.
    activity.register(Verb("academics.class", _("made the class"), _classes_seen, on_home=False))
    activity.register(
        Verb("academics.role", _("gave a role in a course to"), _roles_seen, on_home=False)
    )
    activity.register(Verb("academics.import", _("imported the file"), _imports_seen))
    activity.register(
        Verb("academics.promotion", _("promoted the students into"), _promotions_seen)
    )


def _imports_seen(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """For whoever may import what the file holds."""
    rows = ImportJob.objects.filter(pk__in=ids, kind__in=kinds_of(user))
    return {row.pk: (row.file_name, f"/people/import/{row.pk}/") for row in rows}


def _promotions_seen(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    if not rules.can_manage(user):
        return {}
    rows = PromotionRun.objects.filter(pk__in=ids).select_related("to_term__year")
    return {row.pk: (str(row.to_term), "/terms/") for row in rows}


def _materials_seen(_user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Everybody may see materials: on the page of their course."""
    rows = _materials(ids=tuple(ids))
    return {row.pk: (row.title, row.offering.course.get_absolute_url()) for row in rows}


@Prepared
def _materials(*, ids: tuple[int, ...]) -> "QuerySet[Material]":
    return Material.objects.filter(pk__in=ids).select_related("offering__course")


def _offerings_seen(_user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = _offerings(ids=tuple(ids))
    return {row.pk: (row.course.name, row.course.get_absolute_url()) for row in rows}


@Prepared
def _offerings(*, ids: tuple[int, ...]) -> "QuerySet[CourseOffering]":
    return CourseOffering.objects.filter(pk__in=ids).select_related("course")


def _classes_seen(user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    """A class is for those who sit in it or teach its course, and for staff."""
    found = visible_classes(user, all_of_them=rules.can_see_every_class(user)).filter(pk__in=ids)
    return {
        row.pk: (f"{row.name}, {row.offering.course.name}", row.get_absolute_url())
        for row in found
    }


def _roles_seen(_user: User, ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = TeachingRole.objects.filter(pk__in=ids)
    rows = rows.select_related("lecturer__user", "offering__course")
    return {
        row.pk: (
            f"{row.lecturer.user.name}, {row.offering.course.name}",
            row.offering.course.get_absolute_url(),
        )
        for row in rows
    }
