"""What happens to notices in the background."""

from datetime import date
from typing import Any

from isme.lib.jobs import job
from notifications.services import broadcast, clock, deliver, digest, fan_out, remind, withdraw
from notifications.services import prune as prune_service
from notifications.services.notify import TELL, TELL_FEW, Scalar
from notifications.services.planning import SEND
from notifications.services.withdraw import TAKE_BACK


# On the critical queue: a batch takes 0.1 s, and must not wait behind mail or an import.
@job(TELL, queue="critical", lease_seconds=30)
def tell(*, notice_id: int, after: int) -> None:
    """Tell one batch of people. Safe to run twice."""
    fan_out.tell_batch(notice_id=notice_id, after=after)


@job(TELL_FEW, queue="critical", lease_seconds=30, together=True)
def tell_few(*, rows: list[dict[str, Any]]) -> None:
    """Tell the people of notices that name few. Safe to run twice."""
    fan_out.tell_few(notice_ids=[row["notice_id"] for row in rows])


@job(TAKE_BACK, queue="critical", lease_seconds=120)
def take_back(*, kinds: str, about: str, name: str, value: Scalar) -> None:
    """Take back what was told of something that is gone. Safe to run twice."""
    withdraw.take_back(kinds=kinds, about=about, name=name, value=value)


@job(SEND, queue="bulk", lease_seconds=120)
def send(*, channel: str) -> None:
    """Send what is due by one channel. What is left is asked for each minute."""
    deliver.drain(channel)


@job(clock.DIGEST, queue="bulk", lease_seconds=280)
def send_digests() -> None:
    """Send the daily mails whose hour has come."""
    digest.send_all()


@job(broadcast.SEND_BROADCAST, queue="critical", lease_seconds=30)
def send_broadcast(*, broadcast_id: int) -> None:
    """Turn a broadcast whose hour has come into a notice. Safe to run twice."""
    broadcast.send(broadcast_id=broadcast_id)


@job(remind.REMIND, queue="bulk", lease_seconds=120)
def send_reminders(*, day: str) -> None:
    """Tell the reminders of a day. Safe to run twice: each has a key of its own."""
    remind.remind(date.fromisoformat(day))


@job(clock.PRUNE, queue="bulk", lease_seconds=120)
def prune() -> None:
    """Delete what is long over."""
    prune_service.prune()
