"""Jobs that come in great numbers and cost little each are done together: one statement for many.

A job alone costs a worker ten statements around its work. At eight o'clock each sign-in is an
event of the audit trail: together they cost a statement or two each.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from isme.lib import jobs
from isme.lib.bell import listen_again, ring_together
from isme.lib.jobs import Kind
from isme.lib.models import Job
from isme.lib.models.job import JobState

ROWS = 200
MOST_BATCHES = 20


def run_together(name: str) -> int:
    """Do the jobs of kind ``name`` that wait, 200 at a time; return how many were done.

    Only jobs that were never tried: one that failed, or whose worker died, is tried again
    alone (``jobs.run``), so that it takes no other with it. For each batch 4 queries and the
    handler's; the claim is one UPDATE, and no lock is held after it. Raises UnknownKind.
    """
    kind = jobs.kind_named(name)
    listen_again(name)
    done = 0
    for _batch in range(MOST_BATCHES):
        rows = _claim(kind)
        done += _do(kind, rows)
        if len(rows) < ROWS:
            return done
    ring_together(name, kind.queue, seconds=kind.lease_seconds)
    return done


def _claim(kind: Kind) -> list[Job]:
    now = timezone.now()
    untried = Job.objects.filter(
        kind=kind.name, state=JobState.PENDING, due_at__lte=now, attempts=0
    )
    pks = list(untried.order_by("due_at", "pk").values_list("pk", flat=True)[:ROWS])
    if not pks:
        return []
    token = secrets.token_hex(16)
    untried.filter(pk__in=pks).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        lease_until=now + timedelta(seconds=kind.lease_seconds),
        lease_token=token,
    )
    # A rival may have had some of them: what carries our token is ours.
    return list(Job.objects.filter(pk__in=pks, lease_token=token).order_by("pk"))


def _do(kind: Kind, rows: list[Job]) -> int:
    if not rows:
        return 0
    try:
        with jobs.timed(kind.name):
            kind.handler(rows=[row.payload for row in rows])
    except Exception:  # noqa: BLE001 (the one that is to blame is found by doing each alone)
        return sum(_do_alone(kind, row) for row in rows)
    return _done(rows)


def _do_alone(kind: Kind, row: Job) -> int:
    try:
        with jobs.timed(kind.name):
            kind.do(row.payload)
    except Exception as error:  # noqa: BLE001 (whatever a handler raises is kept and retried)
        jobs.fail(row, error)
        return 0
    return _done([row])


def _done(rows: list[Job]) -> int:
    held: QuerySet[Job, Any] = Job.objects.filter(
        pk__in=[row.pk for row in rows], state=JobState.RUNNING, lease_token=rows[0].lease_token
    )
    return held.update(
        state=JobState.DONE, lease_until=None, lease_token="", finished_at=timezone.now()
    )
