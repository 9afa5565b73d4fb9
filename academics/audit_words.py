"""What the audit trail says of the faculty's structure, in words."""

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from academics import models
from accounts.audit_words import people
from accounts.models import LecturerProfile
from isme.lib import audit_details, audit_words
from isme.lib.audit_words import Named, rows_of

NAMED: dict[type[Model], tuple[str, ...]] = {  # and what their names read of other rows
    models.AcademicYear: (),
    models.Class: (),
    models.Course: (),
    models.CourseOffering: ("course", "term__year"),
    models.Expertise: (),
    models.Material: (),
    models.Module: (),
    models.Room: (),
    models.StudentGroup: (),
    models.TeachingRole: ("lecturer",),
    models.Term: ("year",),
}
BY_PERSON = {models.StudentEntry: people, models.VeteranRecord: people}
ACTS = {"created": _("created"), "changed": _("changed"), "deleted": _("deleted")}
VERBS = {
    "class.members_changed": _("Members of a class changed"),
    "courseoffering.syllabus_changed": _("Syllabus changed"),
    "expertise.merged": _("Two expertises made one"),
    "import.saved": _("Import saved"),
    "import.undo_asked": _("Undoing an import asked for"),
    "import.undone": _("Import undone"),
    "lecturerprofile.expertise_changed": _("Expertise of a lecturer changed"),
    "promotionrun.made": _("Students promoted"),
    "promotionrun.reverted": _("Promotion reverted"),
    "studentgroup.dealing_undone": _("Dealing into groups undone"),
    "studentgroup.dealt": _("Students dealt into groups"),
    "studentgroup.member_locked": _("Place in a group locked or opened"),
    "studentgroup.members_changed": _("Members of a group changed"),
    "term.activated": _("Term activated"),
    "veteranrecord.level_added": _("Level of a veteran added"),
    "veteranrecord.level_removed": _("Level of a veteran removed"),
    "veteranrecord.marked": _("Marked as a veteran"),
    "veteranrecord.note_changed": _("Note on a veteran changed"),
    "veteranrecord.removed": _("Veteran status taken away"),
}

DETAILS = {
    "added": _("added"),
    "changed": _("changed"),
    "competence": _("Competence"),
    "courses": _("courses"),
    "expertise": _("Expertise"),
    "file": _("file"),
    "graduated": _("graduated"),
    "groups": _("groups"),
    "instead_of": _("instead of"),
    "is": _("is now"),
    "kind": _("kind"),
    "lecturers": _("lecturers"),
    "level": _("study level"),
    "locked": _("locked"),
    "new": _("new"),
    "promoted": _("promoted"),
    "removed": _("removed"),
    "run": _("dealing"),
    "seed": _("seed"),
    "student": _("student"),
    "students": _("students"),
    "was": _("was"),
}


def offer() -> None:
    """Put the words into the registry."""
    audit_words.add(VERBS)
    audit_details.add(DETAILS)
    for model in apps.get_app_config("academics").get_models():
        kind, word = str(model._meta.model_name), model._meta.verbose_name
        audit_words.add({f"{kind}.{act}": format_lazy("{}: {}", word, ACTS[act]) for act in ACTS})
        look_up = rows_of(model, *NAMED[model]) if model in NAMED else BY_PERSON.get(model)
        audit_words.add_subject(kind, word, look_up)
        audit_details.add_fields(kind, model)
    audit_words.add_subject("lecturerprofile", LecturerProfile._meta.verbose_name, people)
    audit_words.add_subject("import", models.ImportJob._meta.verbose_name, _imports)


def _imports(keys: Sequence[int]) -> Iterable[Named]:
    rows = models.ImportJob.objects.filter(pk__in=keys).values_list("pk", "file_name")
    for pk, name in rows:
        yield pk, name, reverse("academics:import_detail", args=[pk])
