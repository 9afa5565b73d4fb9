"""What the audit trail says of notices and broadcasts, in words."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from isme.lib import audit_details, audit_words
from isme.lib.audit_words import Named
from notifications.models import Broadcast, Notice

VERBS = {
    "broadcast.cancelled": _("Broadcast cancelled"),
    "broadcast.scheduled": _("Broadcast scheduled"),
    "notice.sent_again": _("Failed deliveries sent again"),
}

DETAILS = {"at": _("goes out"), "deliveries": _("deliveries"), "title": _("title")}


def offer() -> None:
    """Put the words into the registry."""
    audit_words.add(VERBS)
    audit_details.add(DETAILS)
    audit_details.add_fields("broadcast", Broadcast)
    audit_words.add_subject("broadcast", Broadcast._meta.verbose_name, _broadcasts)
    audit_words.add_subject("notice", Notice._meta.verbose_name, _notices)


def _broadcasts(keys: Sequence[int]) -> Iterable[Named]:
    for pk, title in Broadcast.objects.filter(pk__in=keys).values_list("pk", "title"):
        yield pk, title, reverse("notifications:broadcast_detail", args=[pk])


def _notices(keys: Sequence[int]) -> Iterable[Named]:
    for pk in Notice.objects.filter(pk__in=keys).values_list("pk", flat=True):
        yield pk, f"#{pk}", reverse("notifications:sent_detail", args=[pk])
