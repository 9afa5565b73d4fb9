"""What happens to notices in the background."""

from isme.lib.jobs import job
from notifications.services import fan_out
from notifications.services.notify import TELL


# On the critical queue: a batch takes 0.1 s, and must not wait behind mail or an import.
@job(TELL, queue="critical", lease_seconds=30)
def tell(*, notice_id: int, after: int) -> None:
    """Tell one batch of people. Safe to run twice."""
    fan_out.tell_batch(notice_id=notice_id, after=after)
