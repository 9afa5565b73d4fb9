"""The Celery application: a doorbell for jobs, and the clock (beat).

What has to be done is a row in the database (isme.lib.jobs); a message only says "look now".
"""

import os

from celery import Celery

from isme.lib.lost_ack import LostAck

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isme.settings")

app = Celery("isme")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["isme.lib"])
app.steps["consumer"].add(LostAck)

SWEEP_SECONDS = 10
CANARY_SECONDS = 30
MINUTE_SECONDS = 60
DAY_SECONDS = 24 * 60 * 60

# Every entry only enqueues or sweeps, and what it enqueues is keyed by its period: two beats
# on two hosts do each job once. A message that nobody took in time is worth nothing: expires.
app.conf.beat_schedule = {
    "sweep": {
        "task": "isme.lib.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"queue": "critical", "expires": SWEEP_SECONDS},
    },
    **{
        f"canary-{queue}": {
            "task": "isme.lib.tasks.canary",
            "schedule": CANARY_SECONDS,
            "args": [queue],
            "options": {"queue": queue, "expires": CANARY_SECONDS},
        }
        for queue in ("critical", "bulk")
    },
    "each-minute": {
        "task": "isme.lib.tasks.each_minute",
        "schedule": MINUTE_SECONDS,
        "options": {"queue": "critical", "expires": MINUTE_SECONDS},
    },
    "housekeeping": {
        "task": "isme.lib.tasks.housekeeping",
        "schedule": DAY_SECONDS / 24,
        "options": {"queue": "bulk", "expires": DAY_SECONDS / 24},
    },
}
