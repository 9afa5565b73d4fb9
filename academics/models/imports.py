from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academics.imports.choices import ImportKind, ImportState, RowOutcome
from academics.models.terms import Term
from isme.lib.models import StoredFile


class ImportJob(models.Model):
    """One spreadsheet on its way into the faculty's data: staged, previewed, saved, undone.

    ``run`` grows with every request to the workers; a worker that comes with an older one is
    late and does nothing. ``rows_...`` count staged rows by outcome. As JSON: ``refusal`` is why
    the file, or its undoing, was not taken, ``notices`` what happens that no single cell says,
    ``made`` the keys of what was made on the way (classes for their members, say).
    """

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    state = models.CharField(_("state"), max_length=10, choices=ImportState)
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("term")
    )
    file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    file_name = models.CharField(_("file"), max_length=255)
    marked_file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    replaces = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="replaced_by"
    )
    language = models.CharField(max_length=5, default="id", editable=False)
    run = models.PositiveIntegerField(default=1, editable=False)
    rows_new = models.PositiveIntegerField(_("new"), default=0)
    rows_changed = models.PositiveIntegerField(_("changed"), default=0)
    rows_unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rows_wrong = models.PositiveIntegerField(_("wrong"), default=0)
    refusal = models.JSONField(default=dict, blank=True, editable=False)
    notices = models.JSONField(default=dict, blank=True, editable=False)
    made = models.JSONField(default=dict, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    made_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    committed_at = models.DateTimeField(_("saved"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ImportKind.values), name="import_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="import_known_state"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=ImportState.saved()) & Q(committed_at__isnull=False))
                | (~Q(state__in=ImportState.saved()) & Q(committed_at=None)),
                name="import_saved_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.UNDONE, undone_at__isnull=False)
                | (~Q(state=ImportState.UNDONE) & Q(undone_at=None)),
                name="import_undone_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ImportState.saved()) | Q(rows_wrong=0),
                name="import_saved_has_no_wrong_row",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-made_at", "-id"], name="import_history")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        return self.rows_new + self.rows_changed + self.rows_unchanged + self.rows_wrong

    @property
    def rows_to_save(self) -> int:
        return self.rows_new + self.rows_changed


class ImportRow(models.Model):
    """One row of a staged file. ``cells`` are as typed, by column; ``values`` as understood.

    ``before`` is what the database held under the row's key (null: nothing). ``target_id`` is the
    key of what the row changes or made; which model that is, the import's kind knows. ``words``
    is what a search looks in.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="staged_rows")
    position = models.PositiveIntegerField()
    sheet = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=9, choices=RowOutcome)
    cells = models.JSONField()
    values = models.JSONField()
    problems = models.JSONField(default=list)
    target_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=RowOutcome.values), name="import_row_known_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["job", "outcome", "position"], name="import_row_by_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.sheet}:{self.number}"
