from django.db import models
from django.utils.translation import gettext_lazy as _

from isme.lib import audit_details, audit_words
from isme.lib.audit_details import Detail
from isme.lib.audit_words import Subject
from isme.lib.fields import ExactCharField


class AuditEvent(models.Model):
    """One row of the audit trail: added by the single writer, never changed or deleted.

    Numbers follow each other without a gap, and ``mac`` covers the row and the one before, so an
    altered, deleted or inserted row shows. People are kept as numbers and names, not as foreign
    keys: what happened stays true whatever becomes of the account.
    """

    number = models.BigIntegerField(primary_key=True)
    entry = ExactCharField(max_length=32, unique=True, editable=False)
    at = models.DateTimeField(_("time"), db_index=True)
    verb = ExactCharField(_("event"), max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("by"), max_length=150, blank=True)
    subject = ExactCharField(_("about"), max_length=100)
    address = ExactCharField(_("address"), max_length=45, blank=True)
    device = models.CharField(_("device"), max_length=60, blank=True)
    details = models.TextField(_("details"), blank=True)
    mac = ExactCharField(max_length=64, editable=False)
    about: Subject  # set by selectors.audit.in_words

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="audit_event_number_from_1"
            )
        ]
        indexes = [
            models.Index(fields=["verb", "number"], name="audit_event_verb"),
            models.Index(fields=["actor_id", "number"], name="audit_event_actor"),
            models.Index(fields=["subject", "number"], name="audit_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject}"

    @property
    def label(self) -> str:
        """What happened, in the language of the reader. No query."""
        return audit_words.label_of(self.verb)

    @property
    def facts(self) -> list[Detail]:
        """The details, in the language of the reader. No query."""
        return audit_details.read(self.verb, self.subject, self.details)


class AuditHead(models.Model):
    """The one row that the writer locks: the number and code of the trail's last event."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    mac = ExactCharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_one_row")]

    def __str__(self) -> str:
        return f"{self.number} {self.mac[:8]}"
