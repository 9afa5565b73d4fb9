from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_LEVEL, LAST_LEVEL = 1, 7
STRUCTURE = "academics"  # version of all that pages show of the faculty's structure


class TermKind(models.TextChoices):
    ODD = "odd", _("Odd")
    EVEN = "even", _("Even")
    SHORT = "short", _("Short")


class CourseKind(models.TextChoices):
    BLOCK = "block", _("Block")
    CSR = "csr", "CSR"
    REGULAR = "regular", _("Regular")


class GroupKind(models.TextChoices):
    LARGE = "large", _("Large group")
    SMALL = "small", _("Small group")


class TeachingKind(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    TEAM = "team", _("Block team")
    TEACHER = "teacher", _("Teaching lecturer")


class ModuleKind(models.TextChoices):
    PBL = "pbl", "PBL"
    JOURNAL = "journal", _("Journal reading")
    CSR_SKILL = "csr_skill", _("CSR skill")


class ExpertiseKind(models.TextChoices):
    EXPERTISE = "expertise", _("Expertise")
    COMPETENCE = "competence", _("Competence")


class VeteranStatus(models.TextChoices):
    NONE = "none", _("Not a veteran")
    PENDING = "pending", _("Veteran from the next term on")
    ACTIVE = "active", _("Veteran")
    COMPLETED = "completed", _("Finished as a veteran")
