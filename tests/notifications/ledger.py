"""What the killed workers of the ledger test load: small batches, short leases, a loud kind."""

import os
from dataclasses import replace

from django.conf import settings

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
LEDGER = "ISME_TEST_LEDGER"
BATCH = 50
LEASE_SECONDS = 4


def use(mails: str) -> None:
    """Let a killed batch come back within seconds, and keep each mail as a file in ``mails``."""
    fan_out.BATCH = BATCH
    for name in (TELL, SEND):
        jobs._kinds[name] = replace(jobs.kind_named(name), lease_seconds=LEASE_SECONDS)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = mails


# Only in the workers of that test: others in the process of the tests go on as they are.
if LEDGER in os.environ:
    use(os.environ[LEDGER])
