from isme.lib import audit, jobs
from isme.lib.audit import Origin
from isme.lib.models import Job
from isme.lib.models.job import JobState
from isme.lib.transactions import retry_atomic


@retry_atomic
def retry_failed_jobs(*, by: int, origin: Origin | None = None) -> int:
    """Give every job that gave up three new attempts; the number of them.

    Pressed twice, the second press finds none. Locks the rows; recorded in the audit trail.
    """
    dead = list(Job.objects.filter(state=JobState.DEAD).values_list("pk", flat=True))
    count = jobs.retry(dead)
    if count:
        audit.record(
            "jobs.retried", actor_id=by, subject="jobs", origin=origin, details={"count": count}
        )
    return count
