"""The people of one import, as the list of people can be narrowed to them."""

from collections.abc import Collection
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from academics.imports.choices import OF_PEOPLE, RowOutcome
from academics.models import ImportJob, ImportRow
from accounts import among

NEW = (RowOutcome.NEW,)
TOUCHED = (RowOutcome.NEW, RowOutcome.CHANGED)


def offer() -> None:
    """``import:7`` are those whom that import made or changed, ``import-new:7`` whom it made."""
    among.register("import", partial(_of, TOUCHED))
    among.register("import-new", partial(_of, NEW))


def _of(outcomes: Collection[RowOutcome], job_id: int) -> among.Among | None:
    name = (
        ImportJob.objects.filter(pk=job_id, kind__in=OF_PEOPLE)
        .values_list("file_name", flat=True)
        .first()
    )
    if name is None:
        return None
    rows = ImportRow.objects.filter(job_id=job_id, outcome__in=outcomes)
    label = _("New of the import %(name)s") if outcomes == NEW else _("Of the import %(name)s")
    return among.Among(label % {"name": name}, Q(pk__in=rows.values("target_id")))
