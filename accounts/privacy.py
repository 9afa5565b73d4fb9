"""What accounts keep about people, and how they let go of it."""

from django.utils.translation import gettext_lazy as _

from accounts.services.erasure import erase_account
from isme.lib import privacy
from isme.lib.privacy import Record, Table

OF_OFFICE = (
    "accounts.User.deactivated_by",
    "accounts.PasswordSheet.maker",
    "accounts.LinkBatch.maker",
    "admin.LogEntry.user",
)


RECORDS = (
    Record(
        "accounts.door",
        _("Signing in"),
        _("To keep your account safe: which device is signed in, and what happened at the door."),
        _("The session until it ends; the history for as long as the account is kept."),
        (
            Table("accounts.SignInSession", "user_id", ("secret_hash", "previous_hash", "data")),
            Table("accounts.SignInEvent", "user_id"),
            Table("accounts.LinkDelivery", "user_id"),
            Table("accounts.MailedLink", "user_id", ("token_hash", "selector", "request")),
            Table("accounts.SecondFactor", "user_id", ("secret", "last_step")),
            Table("accounts.RecoveryCode", "user_id", ("code_hash",)),
        ),
    ),
    Record(
        "accounts.trail",
        _("Audit trail"),
        _("The faculty must be able to prove who changed what and who looked at whom."),
        _("For good: the trail is a chain, and an entry that is taken out would break it."),
        (
            Table("accounts.AuditEvent", "actor_id", ("mac", "entry"), is_kept=True),
            Table("actstream.Follow", "user_id"),
        ),
        OF_OFFICE,
    ),
    Record(
        "accounts.identity",
        _("Who you are"),
        _("To know you by name and number, and to let you in: the faculty's task by law."),
        _("As long as you study or work here. Erased, a number without a name remains."),
        (
            Table("accounts.User", "pk", ("password",), is_kept=True),
            Table("accounts.Identifier", "user_id"),
            Table("accounts.SearchWord", "user_id"),
            Table("accounts.StudentProfile", "user_id", is_kept=True),
            Table("accounts.LecturerProfile", "user_id", is_kept=True),
            Table("lib.StoredFile", "owner_id", ("path", "sha256"), is_kept=True),
        ),
        erase=erase_account,
    ),
)


def offer() -> None:
    """Put the records into the registry."""
    for record in RECORDS:
        privacy.add(record)
