from django.db import models

from isme.lib.fields import ExactCharField


class LimitCounter(models.Model):
    """How often something happened in one window of time, while the durable Redis is away.

    The key begins with the subject ("u7|..."), so that all of a subject's rows can be lifted.
    """

    key = ExactCharField(max_length=160)
    window = models.BigIntegerField(help_text="The window's number since 1970, or a moment.")
    count = models.IntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window"], name="limit_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.window}: {self.count}"
