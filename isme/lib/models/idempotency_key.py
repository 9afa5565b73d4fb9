from django.db import models

from isme.lib.fields import ExactCharField


class IdempotencyKey(models.Model):
    """One form that took effect: the second press of the same button finds the first's answer."""

    actor_id = models.BigIntegerField()
    key = ExactCharField(max_length=64)
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return self.key
