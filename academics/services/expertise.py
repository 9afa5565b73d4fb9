"""The list of fields of medicine, and who knows which."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from academics.choices import ExpertiseKind
from academics.errors import AcademicsError, FieldError
from academics.models import CourseExpertise, Expertise, LecturerExpertise
from academics.services import rows
from academics.services.rows import By, note
from accounts.choices import MainRole
from accounts.models import LecturerProfile
from isme.lib.transactions import retry_atomic

STANDBY = "standby"
MOST = 20


def expertise_named(name: str) -> Expertise:
    """The expertise of this name, in whatever case; added if it is new."""
    clean = " ".join(name.split())[:100]
    if not clean:
        raise FieldError({"expertises": _("Name at least one expertise.")})
    found = Expertise.objects.filter(name__iexact=clean).first()
    return found or Expertise.objects.create(name=clean)


@retry_atomic
def save(expertise: Expertise, *, by: By, version: int | None = None) -> Expertise:
    """Add an expertise, or give it another name. Raises FieldError for a known one; Outdated."""
    expertise.name = " ".join(expertise.name.split())
    same = Expertise.objects.filter(name__iexact=expertise.name).exclude(pk=expertise.pk)
    if same.exists():
        raise FieldError({"name": _("This expertise exists already. You can merge the two.")})
    if version is None:
        return rows.create(expertise, by=by)
    return rows.change(expertise, version=version, by=by)


@retry_atomic
def merge(source_id: int, target_id: int, *, by: By) -> Expertise:
    """Two names for one field: courses and lecturers of ``source`` get ``target``; it goes.

    Locks both. Raises AcademicsError for the same one twice.
    """
    if source_id == target_id:
        raise AcademicsError(_("Choose another expertise than this one."))
    found = {
        row.pk: row
        for row in Expertise.objects.select_for_update()
        .filter(pk__in=[source_id, target_id])
        .order_by("pk")
    }
    if target_id not in found:
        raise AcademicsError(_("This expertise is gone."))
    target = found[target_id]
    source = found.get(source_id)
    if source is None:
        return target
    if STANDBY in {source.name.casefold(), target.name.casefold()}:
        raise AcademicsError(_("“standby” is no field of medicine: it stays by itself."))
    courses, lecturers = _move(source, target)
    rows.delete(source, by=by)
    details = {"was": source.name, "courses": courses, "lecturers": lecturers}
    note("merged", target, by, details)
    return target


def _move(source: Expertise, target: Expertise) -> tuple[int, int]:
    """Give what hangs on ``source`` to ``target``; who had both keeps one."""
    has = CourseExpertise.objects.filter(expertise=target).values_list("course_id", flat=True)
    CourseExpertise.objects.filter(expertise=source, course_id__in=list(has)).delete()
    courses = CourseExpertise.objects.filter(expertise=source).update(expertise=target)
    lecturers = 0
    for kind in ExpertiseKind.values:
        theirs = LecturerExpertise.objects.filter(kind=kind)
        known = theirs.filter(expertise=target).values_list("lecturer_id", flat=True)
        theirs.filter(expertise=source, lecturer_id__in=list(known)).delete()
        lecturers += theirs.filter(expertise=source).update(expertise=target)
    return courses, lecturers


@retry_atomic
def set_of_lecturer(
    lecturer_id: int, *, expertises: Collection[str], competences: Collection[str], by: By
) -> None:
    """Write what a lecturer knows; locks the profile. Unknown names are added to the list.

    Raises FieldError for what goes against domain 2.2: who is on standby has the expertise
    "standby" and nothing else, everybody else at least one of each.
    """
    lecturer = LecturerProfile.objects.select_for_update().get(pk=lecturer_id)
    _check(lecturer, expertises, competences)
    details: dict[str, object] = {}
    for kind, names in (
        (ExpertiseKind.EXPERTISE, expertises),
        (ExpertiseKind.COMPETENCE, competences),
    ):
        wanted = {expertise_named(name).pk for name in names}
        theirs = LecturerExpertise.objects.filter(lecturer=lecturer, kind=kind)
        known = set(theirs.values_list("expertise_id", flat=True))
        theirs.exclude(expertise_id__in=wanted).delete()
        LecturerExpertise.objects.bulk_create(
            LecturerExpertise(lecturer=lecturer, expertise_id=pk, kind=kind)
            for pk in sorted(wanted - known)
        )
        if wanted != known:
            details[kind.value] = sorted(names)
    if details:
        note("expertise_changed", lecturer, by, details)


def _check(
    lecturer: LecturerProfile, expertises: Collection[str], competences: Collection[str]
) -> None:
    is_standby = {name.casefold() for name in expertises} == {STANDBY}
    has_standby = STANDBY in {name.casefold() for name in expertises}
    wrong: list[tuple[bool, str, str]] = [
        (len(expertises) > MOST, "expertises", _("At most 20 expertises.")),
        (len(competences) > MOST, "competences", _("At most 20 expertises.")),
    ]
    if lecturer.main_role == MainRole.STANDBY:
        only = _("A standby lecturer has the expertise “standby” and nothing else.")
        wrong += [
            (not is_standby, "expertises", only),
            (bool(competences), "competences", _("A standby lecturer has no competence.")),
        ]
    else:
        needs = _("A lecturer who is not on standby needs at least one.")
        wrong += [
            (has_standby, "expertises", _("Only a lecturer on standby has “standby”.")),
            (not expertises, "expertises", needs),
            (not competences, "competences", needs),
        ]
    if errors := {name: text for is_wrong, name, text in wrong if is_wrong}:
        raise FieldError(errors)
