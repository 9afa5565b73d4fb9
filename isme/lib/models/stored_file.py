from django.db import models
from django.db.models import Q

from isme.lib.fields import ExactCharField


class StoredFile(models.Model):
    """A file that somebody gave us. It never changes: a new version is a new row and file."""

    kind = ExactCharField(max_length=40)
    owner_id = models.BigIntegerField()
    path = ExactCharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    content_type = ExactCharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = ExactCharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_not_empty"),
            models.CheckConstraint(condition=~Q(path="") & ~Q(name=""), name="stored_file_named"),
        ]
        indexes = [models.Index(fields=["owner_id", "kind"], name="stored_file_owner")]

    def __str__(self) -> str:
        return self.name
