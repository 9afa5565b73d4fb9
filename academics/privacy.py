"""What academics keep about people."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academics.imports.choices import OF_PEOPLE
from academics.models import ImportRow
from isme.lib import privacy
from isme.lib.privacy import Record, Table

OF_OFFICE = (
    "academics.Material.added_by",
    "academics.GroupingRun.made_by",
    "academics.GroupingRun.undone_by",
    "academics.ImportJob.made_by",
    "academics.ImportJob.committed_by",
    "academics.ImportJob.undone_by",
    "academics.PromotionRun.made_by",
    "academics.PromotionRun.reverted_by",
    "academics.VeteranRecord.set_by",
    "academics.VeteranEvent.by",
)


def offer() -> None:
    """Put the records into the registry."""
    privacy.add(
        Record(
            "academics.studies",
            _("Studies and teaching"),
            _("To run courses: which groups, classes and roles were yours, and how you advanced."),
            _("For good, as the law asks of a faculty; erased, without your name."),
            (
                Table("academics.GroupMember", "student_id", is_kept=True),
                Table("academics.ClassMember", "student_id", is_kept=True),
                Table("academics.PromotionEntry", "student_id", is_kept=True),
                Table("academics.StudentEntry", "student_id", is_kept=True),
                Table("academics.VeteranRecord", "student_id", is_kept=True),
                Table("academics.VeteranLevel", "student__student_id", is_kept=True),
                Table("academics.VeteranEvent", "student_id", is_kept=True),
                Table("academics.LecturerExpertise", "lecturer_id"),
                Table("academics.TeachingRole", "lecturer_id", is_kept=True),
            ),
            OF_OFFICE,
            _forget_words,
        )
    )


def _forget_words(user_id: int) -> None:
    """What was typed about the person: notes, and their row in spreadsheets that came in."""
    from academics.models.veterans import VeteranRecord

    VeteranRecord.objects.filter(student_id=user_id).update(note="")
    rows_of(user_id).update(cells={}, values={}, before=None, problems=[], words="")


def rows_of(user_id: int) -> "QuerySet[ImportRow]":
    """The person's rows of imports of people: a scan, for the rare erasure only."""
    return ImportRow.objects.filter(target_id=user_id, job__kind__in=OF_PEOPLE)
