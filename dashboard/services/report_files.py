"""Reports as PDF: a worker draws them, and whoever ordered one fetches it within a day."""

import io
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from dashboard import rules
from dashboard.selectors.report_files import DRAW, FILE_KIND, far, name_of
from isme.lib import files, jobs, printing, reports
from isme.lib.models import Job, StoredFile
from isme.lib.progress import teller
from isme.lib.reports import Report, offered
from isme.lib.transactions import retry_atomic

REMOVE = "dashboard.report_file_removal"
KEPT = timedelta(days=1)
MOST_ROWS = 20_000
CHUNK = 2000


@retry_atomic
def order(
    *, report: Report, asked: Mapping[str, str], sort: str, owner: User, language: str
) -> str:
    """Ask a worker for ``report`` as PDF; the token of its page. 1 query."""
    token = secrets.token_hex(12)
    jobs.enqueue(
        DRAW,
        key=token,
        fresh_key=True,
        token=token,
        owner_id=owner.pk,
        slug=report.slug,
        asked=json.dumps(dict(asked)),
        sort=sort,
        language=language,
    )
    return token


def draw(  # noqa: PLR0913 (what the order says)
    *, token: str, owner_id: int, slug: str, asked: str, sort: str, language: str
) -> None:
    """Draw and keep the file; drawn already, or its owner may see no reports any more: nothing.

    Queries: the report's, and 5.
    """
    report = reports.get(slug)
    owner = User.objects.filter(pk=owner_id, is_active=True).first()
    if report is None or owner is None or not rules.can_see_reports(owner):
        return
    with override(language):
        content = _drawn(report, json.loads(asked), sort, token)
    _keep(token, slug, owner_id, content)


def _drawn(report: Report, asked: dict[str, str], sort: str, token: str) -> bytes:
    orders = report.orders
    order_by = orders.get(sort) or next(iter(orders.values()))
    rows = report.rows(asked).order_by(*order_by)
    total = min(rows.count(), MOST_ROWS)
    tell = teller(far(token), total)
    tell(0)
    heads = [printing.Head(str(column.label), column.numeric) for column in report.columns]
    cells = (
        [column.cell(row) for column in report.columns]
        for row in rows[:MOST_ROWS].iterator(chunk_size=CHUNK)
    )
    return printing.table(_sheet(report, asked), heads, cells, tell)


def _sheet(report: Report, asked: dict[str, str]) -> printing.Sheet:
    """The words around the table: the filters in words, and when it was made."""
    choices = offered(report.filters)
    lines = [str(report.lead)]
    for one in report.filters:
        labels = {str(value): str(label) for value, label in choices[one.name]}
        lines.append(f"{one.label}: {labels.get(asked.get(one.name, ''), one.every)}")
    now = date_format(timezone.localtime(), "j F Y, H.i")
    lines.append(_("As of %(at)s WIB") % {"at": now})
    return printing.Sheet(
        str(report.title),
        lines,
        _("Page %(page)s of %(pages)s"),
        _("This report has no rows for these filters."),
    )


@retry_atomic
def _keep(token: str, slug: str, owner_id: int, content: bytes) -> None:
    """Store the file for a day. A second worker that was as far stores nothing."""
    Job.objects.select_for_update().get(kind=DRAW, key=token)
    name = name_of(slug, token)
    if StoredFile.objects.filter(owner_id=owner_id, kind=FILE_KIND, name=name).exists():
        return
    kind = files.kind_named(FILE_KIND)
    checked = files.Checked(kind, name, files.PDF.content_type, io.BytesIO(content))
    stored = files.keep(checked, owner_id=owner_id)
    jobs.enqueue(REMOVE, key=token, due_at=timezone.now() + KEPT, file_id=stored.pk)


@transaction.atomic
def remove(*, file_id: int) -> None:
    """Delete the file after its day; safe to repeat."""
    files.remove(file_id)


def may_read(user: Any, stored: StoredFile) -> bool:
    """Only who ordered it, as long as they may see reports, and nobody who looks as them."""
    own = stored.owner_id == user.pk and getattr(user, "acted_by", None) is None
    return bool(own and rules.can_see_reports(user))


KIND = files.Kind(
    name=FILE_KIND, max_bytes=50 * 1024 * 1024, formats=(files.PDF,), may_read=may_read
)
