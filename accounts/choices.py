from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    SUPER_ADMIN = "super_admin", _("Super admin")
    OFFICE = "office", _("Academic office")
    LECTURER = "lecturer", _("Lecturer")
    STUDENT = "student", _("Student")


class IdentifierKind(models.TextChoices):
    USERNAME = "username", _("Username")
    EMAIL = "email", _("E-mail")
    NIP = "nip", "NIP"
    NID = "nid", "NID"
    NIDN = "nidn", "NIDN"
    NUPTK = "nuptk", "NUPTK"
    NIM = "nim", "NIM"


class Language(models.TextChoices):
    DEVICE = "", _("As the device says")
    INDONESIAN = "id", "Bahasa Indonesia"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    DEVICE = "", _("As the device says")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Gender(models.TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class StudentStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    GRADUATED = "graduated", _("Graduated")
    DROPPED_OUT = "dropped_out", _("Dropped out")
    LEFT = "left", _("Left")


class MainRole(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    TEAM = "team", _("Block team")
    TEACHER = "teacher", _("Teaching lecturer")
    STANDBY = "standby", _("Standby")


# What an event of the audit trail means to the person whom it is about; the rest: a change.
SEEN_HOW = {
    "acting.started": _("Looked at your pages as you"),
    "acting.ended": _("Stopped looking as you"),
    "people.exported": _("Took the list of people away"),
    "account.changed": _("Changed your account"),
    "account.created": _("Made your account"),
    "account.deactivated": _("Closed your account"),
    "account.restored": _("Opened your account again"),
    "forum.unmasked": _("Learnt who wrote an anonymous post of yours"),
}


def seen_how(verb: str) -> Any:
    return SEEN_HOW.get(verb, _("Did something with your account"))


class Place(models.TextChoices):
    CAMPUS = "campus", _("Campus")
    OTHER = "other", _("Another network")


class SignInEventKind(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    DISPLACED = "displaced", _("Ended by a sign-in on another device")
    REFUSED = "refused", _("Wrong password")
    ENDED = "ended", _("Ended by the academic office")
    PASSWORD = "password", _("Password changed")
    ISSUED = "issued", _("One-time password issued")
    CODE = "code", _("Wrong code")


class LinkPurpose(models.TextChoices):
    RESET = "reset", _("New password")
    EMAIL = "email", _("Proof of an e-mail address")
    ISSUED = "issued", _("Password issued by mail")


class SheetState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class LinkState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    USED = "used", _("Password chosen")
    NO_ADDRESS = "no_address", _("No e-mail address")
    FAILED = "failed", _("Failed")
    LEFT_OUT = "left_out", _("Account closed meanwhile")
