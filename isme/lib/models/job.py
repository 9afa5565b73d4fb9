from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from isme.lib.fields import ExactCharField


class JobState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Failed")


class Job(models.Model):
    """Something to do in the background: a row of the business transaction that asked for it.

    Pending jobs, and running ones whose lease ran out, are the to-do list.
    """

    kind = ExactCharField(max_length=80)
    key = ExactCharField(max_length=120)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = ExactCharField(max_length=32, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_once_per_key"),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(lease_until=None)),
                name="job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[JobState.DONE, JobState.DEAD], finished_at__isnull=False)
                | Q(state__in=[JobState.PENDING, JobState.RUNNING], finished_at=None),
                name="job_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="job_to_do"),
            models.Index(fields=["state", "lease_until"], name="job_lease"),
            models.Index(fields=["state", "finished_at"], name="job_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
