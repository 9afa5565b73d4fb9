from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from isme.lib.fields import ExactCharField


class Room(models.Model):
    """A room with its capacity in persons."""

    code = ExactCharField(
        _("code"),
        max_length=20,
        unique=True,
        error_messages={"unique": _("Another room has this code.")},
    )
    name = models.CharField(_("name"), max_length=100)
    building = models.CharField(_("building"), max_length=100, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__range=(1, 10_000)),
                name="room_capacity_1_10000",
                violation_error_message=_("A capacity lies between 1 and 10,000 persons."),
            )
        ]
        indexes = [models.Index(fields=["capacity", "code"], name="room_capacity_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
