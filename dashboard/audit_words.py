"""What the audit trail says of the operation of the system, in words."""

from django.utils.translation import gettext_lazy as _

from isme.lib import audit_details, audit_words


def offer() -> None:
    """Put the words into the registry."""
    audit_words.add({"jobs.retried": _("Failed jobs tried again")})
    audit_details.add({"count": _("jobs")})
    audit_words.add_subject("jobs", _("Background jobs"))
