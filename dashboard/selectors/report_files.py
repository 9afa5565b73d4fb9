"""How far a report on its way to a PDF is."""

from dataclasses import dataclass

from accounts.models import User
from isme.lib.models import Job, StoredFile
from isme.lib.models.job import JobState
from isme.lib.progress import heard

DRAW = "dashboard.report_file"
FILE_KIND = "dashboard.report"


@dataclass(frozen=True)
class ReportFile:
    """An ordered file: ready with ``stored``, ``failed`` for good, gone, or ``done`` of ``total``."""

    slug: str
    stored: StoredFile | None
    failed: bool
    gone: bool
    done: int = 0
    total: int = 0


def name_of(slug: str, token: str) -> str:
    return f"{slug}-{token}.pdf"


def far(token: str) -> str:
    """Under what the worker tells how far it is (isme.lib.progress)."""
    return f"report:{token}"


def report_file(user: User, token: str) -> ReportFile | None:
    """What ``user`` ordered under ``token``; None if they didn't. 2 queries, 1 exchange."""
    job = Job.objects.filter(kind=DRAW, key=token).first()
    if job is None or job.payload.get("owner_id") != user.pk:
        return None
    slug = job.payload["slug"]
    stored = StoredFile.objects.filter(
        owner_id=user.pk, kind=FILE_KIND, name=name_of(slug, token)
    ).first()
    ended = job.state == JobState.DONE and stored is None
    done, total = (0, 0) if stored or ended else heard(far(token))
    return ReportFile(slug, stored, job.state == JobState.DEAD, ended, done, total)
