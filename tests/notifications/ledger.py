"""What the killed workers of the ledger test load: small batches, short leases, a loud kind."""

from dataclasses import replace

from isme.lib import jobs
from notifications import kinds, tasks
from notifications.choices import Channel, Topic
from notifications.services import fan_out
from notifications.services.notify import TELL
from notifications.services.planning import SEND

assert tasks  # registers the handlers
KIND = kinds.register(
    kinds.Kind(
        name="tests.ledger",
        topic=Topic.ANNOUNCEMENT,
        label="Ledger",
        title="Told",
        channels=frozenset({Channel.EMAIL}),
    )
)
BATCH = 50
LEASE_SECONDS = 4


def use() -> None:
    """Let a killed batch come back within seconds, so that many kills fit into the test."""
    fan_out.BATCH = BATCH
    for name in (TELL, SEND):
        jobs._kinds[name] = replace(jobs.kind_named(name), lease_seconds=LEASE_SECONDS)


use()
