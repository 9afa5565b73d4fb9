"""What the audit trail says of accounts, in words."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import IdentifierKind
from accounts.models import LecturerProfile, StudentProfile, User
from isme.lib import audit_details, audit_words
from isme.lib.audit_words import Named

USERNAME = IdentifierKind.USERNAME  # a field of the account too
VERBS = {
    "account.changed": _("Account changed"),
    "account.created": _("Account created"),
    "account.deactivated": _("Account deactivated"),
    "account.restored": _("Account restored"),
    "acting.ended": _("Acting as somebody ended"),
    "acting.started": _("Acting as somebody begun"),
    "audit.exported": _("Audit trail downloaded"),
    "email.proved": _("E-mail address proved"),
    "own_data.ordered": _("Copy of one's own data ordered"),
    "password.changed": _("Password changed"),
    "password.issued": _("One-time password issued"),
    "password.link_mailed": _("Password link mailed"),
    "password.reset": _("Password set by a mailed link"),
    "passwords.links_ordered": _("Password links for many ordered"),
    "passwords.links_repeated": _("Password links sent again"),
    "passwords.sheet_ordered": _("Sheet of passwords ordered"),
    "people.exported": _("List of people downloaded"),
    "person.erased": _("Person erased"),
    "second_factor.codes_renewed": _("Recovery codes renewed"),
    "second_factor.off": _("Second factor turned off"),
    "second_factor.on": _("Second factor turned on"),
    "second_factor.reset": _("Second factor reset by the office"),
    "session.ended": _("Signed out by the office"),
    "sign_in.code_refused": _("Code of the second factor refused"),
    "sign_in.refused": _("Sign-in refused"),
    "sign_in.succeeded": _("Signed in"),
    "sign_in.throttled": _("Sign-in throttled"),
    "throttle.lifted": _("Throttle lifted"),
}

DETAILS = {
    "among": _("chosen people"),
    "batch": _("Mailed password links"),
    "from": _("from"),
    "minutes": _("minutes"),
    "people": _("people"),
    "q": _("search"),
    "reason": _("reason"),
    "rows": _("rows"),
    "since": _("from"),
    "to": _("to"),
    "until": _("until"),
    "verb": _("event"),
    "why": _("why"),
}


def offer() -> None:
    """Put the words into the registry."""
    audit_words.add(VERBS)
    audit_details.add(DETAILS)
    audit_details.add({kind.value: kind.label for kind in IdentifierKind if kind != USERNAME})
    audit_details.add_fields("account", User, StudentProfile, LecturerProfile)
    audit_details.add_fields("people", User)
    audit_words.add_subject("account", _("Account"), people)
    audit_words.add_subject("name", _("A name without account"))
    audit_words.add_subject("audit", _("Audit trail"))
    audit_words.add_subject("people", _("People"))
    audit_words.add_subject("sheet", _("Sheet of passwords"))
    audit_words.add_subject("links", _("Mailed password links"))


def people(keys: Sequence[int]) -> Iterable[Named]:
    """The accounts' people, with the way to their pages."""
    for pk, name in User.objects.filter(pk__in=keys).values_list("pk", "name"):
        yield pk, name, reverse("accounts:person", args=[pk])
