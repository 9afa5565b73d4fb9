from django.db import models


class Fence(models.Model):
    """The one row by which a host tells the others that the cache can't be believed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    raised_at = models.FloatField(help_text="Seconds since 1970.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="fence_one_row")]

    def __str__(self) -> str:
        return f"raised at {self.raised_at}"
