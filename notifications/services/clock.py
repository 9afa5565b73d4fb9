"""What is looked at each minute: what is due by the clock."""

from django.utils import timezone

from isme.lib import jobs
from notifications import channels
from notifications.services import deliver, digest
from notifications.services.planning import SEND
from notifications.services.remind import FROM_HOUR, REMIND

DIGEST = "notifications.digest"
PRUNE = "notifications.prune"


def each_minute() -> None:
    """Ask for what is due, keyed by the minute: two beats ask once. Some five queries."""
    minute = f"{timezone.now():%Y-%m-%dT%H:%M}"
    for channel in channels.offered():
        if deliver.due(channel).exists():
            jobs.enqueue(SEND, key=f"{channel}:{minute}", channel=channel)
    if digest.waiting_people():
        jobs.enqueue(DIGEST, key=minute)
    if timezone.localtime().hour >= FROM_HOUR:
        day = f"{timezone.localdate()}"
        jobs.enqueue(REMIND, key=day, day=day)


def each_hour() -> None:
    """Ask for the chores of the hour."""
    jobs.enqueue(PRUNE, key=f"{timezone.now():%Y-%m-%dT%H}")
