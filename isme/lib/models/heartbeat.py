from django.db import models

from isme.lib.fields import ExactCharField


class Heartbeat(models.Model):
    """The last sign of life of a background part: a queue's worker, or beat by its sweep."""

    name = ExactCharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.seen_at:%H:%M:%S}"
