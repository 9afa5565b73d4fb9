from django.db import models
from django.utils.translation import gettext_lazy as _

IMPORTS = "imports"  # version of what pages show of imports and their states

DISCARDED = "discarded"  # among the notices of an import: when, and whether by hand


class ImportKind(models.TextChoices):
    STUDENT = "student", _("Students")
    LECTURER = "lecturer", _("Lecturers")
    STAFF = "staff", _("Staff")
    COURSE = "course", _("Courses")
    ROOM = "room", _("Rooms")
    CLASS = "class", _("Class lists")
    GROUP = "group", _("Group lists")


OF_PEOPLE = (ImportKind.STUDENT, ImportKind.LECTURER, ImportKind.STAFF)


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    STAGED = "staged", _("To be checked")
    REFUSED = "refused", _("Not readable")
    SAVING = "saving", _("Being saved")
    SAVED = "saved", _("Saved")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    DISCARDED = "discarded", _("Discarded")

    @classmethod
    def saved(cls) -> list[str]:
        """States of a batch that is, or was, in the data."""
        return [cls.SAVED.value, cls.UNDOING.value, cls.UNDONE.value]

    @classmethod
    def at_work(cls) -> list[str]:
        """States in which a worker has the batch."""
        return [cls.READING.value, cls.SAVING.value, cls.UNDOING.value]


class RowOutcome(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    WRONG = "wrong", _("Wrong")
